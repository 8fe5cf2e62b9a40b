//! A disposable systemd, booted in namespaces on the machine at hand.
