//! Certificates as MLflow's variables name them.

use std::path::Path;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use super::credentials::read_bytes;

/// Larger files hold no certificates; those of all authorities that a system trusts take 0.2 to 0.3 MB, and comments may
/// be in any encoding.
const MAX_BYTES: u64 = 16 << 20;

/// As MLflow's variables say: `MLFLOW_TRACKING_INSECURE_TLS`, `_SERVER_CERT_PATH`, `_CLIENT_CERT_PATH`.
pub fn tls(variable: &impl Fn(&str) -> Option<String>) -> std::result::Result<TlsConfig, String> {
    let path = |name: &str| variable(name).filter(|path| !path.is_empty());
    let mut config = TlsConfig::builder();
    // As MLflow's `_BooleanEnvironmentVariable` reads it (2.21 – 3.18).
    if variable("MLFLOW_TRACKING_INSECURE_TLS").is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    {
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
    let bytes = read_bytes(Path::new(path), MAX_BYTES).ok_or_else(|| format!("{path} ({name}) cannot be read"))?;
    let (mut certificates, mut key) = (Vec::new(), None);
    for item in parse_pem(&bytes).flatten() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, value: &str) -> std::result::Result<TlsConfig, String> {
        tls(&|asked: &str| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn a_bundle_of_all_authorities_is_read() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("bundle.pem");
        let mut bundle = Vec::new();
        for number in 0..200 {
            // As bundles have it: a name in no particular encoding above each.
            bundle.extend_from_slice(format!("# {number} F\u{f3}").as_bytes());
            bundle.extend_from_slice(b"brica\xe9\n-----BEGIN CERTIFICATE-----\n");
            for _ in 0..20 {
                bundle.extend_from_slice(&[b'A'; 64]);
                bundle.push(b'\n');
            }
            bundle.extend_from_slice(b"-----END CERTIFICATE-----\n");
        }
        std::fs::write(&path, &bundle).expect("written");
        let (certificates, key) = pem("X", path.to_str().expect("a name")).expect("read");
        assert_eq!((certificates.len(), key.is_some(), bundle.len() > 200_000), (200, false, true));
        let empty = home.path().join("empty.pem");
        std::fs::write(&empty, "# nothing").expect("written");
        let told = of("MLFLOW_TRACKING_SERVER_CERT_PATH", empty.to_str().expect("a name")).expect_err("no certificate");
        assert!(told.ends_with("(MLFLOW_TRACKING_SERVER_CERT_PATH) holds no certificate"), "{told}");
    }

    #[test]
    fn verification_is_off_where_mlflow_takes_it_as_off() {
        for (value, is_off) in
            [("true", true), ("True", true), ("1", true), ("false", false), ("0", false), ("", false)]
        {
            let config = of("MLFLOW_TRACKING_INSECURE_TLS", value).expect("a configuration");
            assert_eq!(config.disable_verification(), is_off, "{value}");
        }
    }
}
