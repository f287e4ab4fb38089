//! Certificates as MLflow's variables name them.

use std::path::Path;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use super::credentials::read;

/// As MLflow's variables say: `MLFLOW_TRACKING_INSECURE_TLS`, `_SERVER_CERT_PATH`, `_CLIENT_CERT_PATH`.
pub fn tls(variable: &impl Fn(&str) -> Option<String>) -> std::result::Result<TlsConfig, String> {
    let path = |name: &str| variable(name).filter(|path| !path.is_empty());
    let mut config = TlsConfig::builder();
    if variable("MLFLOW_TRACKING_INSECURE_TLS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        config = config.disable_verification(true);
    }
    if let Some(path) = path("MLFLOW_TRACKING_SERVER_CERT_PATH") {
        let (certificates, _) = pem("MLFLOW_TRACKING_SERVER_CERT_PATH", &path)?;
        config = config.root_certs(RootCerts::new_with_certs(&certificates));
    }
    if let Some(path) = path("MLFLOW_TRACKING_CLIENT_CERT_PATH") {
        let (certificates, key) = pem("MLFLOW_TRACKING_CLIENT_CERT_PATH", &path)?;
        let key = key.ok_or_else(|| format!("{path} (MLFLOW_TRACKING_CLIENT_CERT_PATH) holds no private key"))?;
        config = config.client_cert(Some(ClientCert::new_with_certs(&certificates, key)));
    }
    Ok(config.build())
}

/// Certificates of a file, and the key where it holds one.
fn pem(
    name: &str,
    path: &str,
) -> std::result::Result<(Vec<Certificate<'static>>, Option<PrivateKey<'static>>), String> {
    let text = read(Path::new(path)).ok_or_else(|| format!("{path} ({name}) cannot be read"))?;
    let (mut certificates, mut key) = (Vec::new(), None);
    for item in parse_pem(text.as_bytes()).flatten() {
        match item {
            PemItem::Certificate(certificate) => certificates.push(certificate),
            PemItem::PrivateKey(found) => key = Some(found),
            _ => {}
        }
    }
    if certificates.is_empty() {
        return Err(format!("{path} ({name}) holds no certificate"));
    }
    Ok((certificates, key))
}
