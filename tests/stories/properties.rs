//! What holds of any town.
