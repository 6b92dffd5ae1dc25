//! Certificates that a browser would refuse are refused, and the reason is one that a volunteer understands.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use sportello::fetch::{FetchError, Limits, Request, TlsProblem};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use url::Url;

use crate::server::{page, serve};
use crate::{fetcher, get, limits};

pub fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "Authority of the tests");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for `name` from `authority`, and its key.
pub fn certificate(authority: &CertifiedIssuer<'_, KeyPair>, name: &str, until_year: i32) -> (rcgen::Certificate, KeyPair) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2015, 1, 1);
    params.not_after = date_time_ymd(until_year, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap(), key)
}

/// A TLS server with that certificate on a free port; ends when the handle is aborted.
async fn server(certificate: rcgen::Certificate, key: KeyPair) -> (u16, tokio::task::JoinHandle<()>) {
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, Arc::new(|_| page("<p>al sicuro</p>")), Arc::new(Mutex::default())).await;
                }
            });
        }
    });
    (port, task)
}

async fn problem(limits: Limits, port: u16) -> TlsProblem {
    match get(&fetcher(limits), &format!("https://localhost:{port}/")).await {
        Err(FetchError::Tls { problem, .. }) => problem,
        other => panic!("a bad certificate was not refused: {other:?}"),
    }
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_its_name() {
    let authority = authority();
    // Some authority is always known, also on a machine without root certificates.
    let other = self::authority();
    let distrusting = || Limits { extra_roots: vec![other.pem().into_bytes()], ..limits() };
    let trusting = || Limits { extra_roots: vec![authority.pem().into_bytes()], ..limits() };

    let (certificate_good, key) = certificate(&authority, "localhost", 2090);
    let (good, task) = server(certificate_good, key).await;
    assert_eq!(get(&fetcher(trusting()), &format!("https://localhost:{good}/")).await.unwrap().body, b"<p>al sicuro</p>");
    assert_eq!(problem(distrusting(), good).await, TlsProblem::UnknownIssuer);
    let mut request = Request::new(Url::parse(&format!("https://localhost:{good}/")).unwrap());
    request.insecure_tls = true;
    assert!(fetcher(distrusting()).get(&request).await.is_ok(), "where the source says so");
    task.abort();

    let (expired, key) = certificate(&authority, "localhost", 2020);
    let (port, task) = server(expired, key).await;
    assert_eq!(problem(trusting(), port).await, TlsProblem::Expired);
    task.abort();

    let (wrong, key) = certificate(&authority, "www.comune.altrove.example", 2090);
    let (port, task) = server(wrong, key).await;
    assert_eq!(problem(trusting(), port).await, TlsProblem::WrongHost(vec!["www.comune.altrove.example".into()]));
    task.abort();
}

#[tokio::test]
async fn plain_http_on_the_tls_port_is_no_secure_connection() {
    let server = crate::server::Server::start("127.0.0.1", |_| page("plain")).await;
    // The hello of TLS holds no end of a head: the server waits for more, so a short limit ends it.
    let roots = vec![authority().pem().into_bytes()];
    let hasty = Limits { idle: std::time::Duration::from_millis(300), extra_roots: roots, ..limits() };
    let error = get(&fetcher(hasty), &format!("https://localhost:{}/", server.address.port())).await.unwrap_err();
    assert!(matches!(error, FetchError::Tls { .. } | FetchError::TimedOut { .. }), "{error:?}");
}
