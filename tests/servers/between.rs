//! Between a reader and a server: a stand-in that hands on what it is asked.

use crate::stand_in::{Asked, Reply, StandIn, page};

/// What the server at `base` answers to a request: its status, what kind of thing it says that is, and its body.
pub fn forward(base: &str, asked: &Asked) -> (u16, String, Vec<u8>) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let (url, agent) = (format!("{base}{}", asked.path), config.new_agent());
    let answer = match asked.method.as_str() {
        "GET" => agent.get(&url).call(),
        _ => agent.post(&url).header("Content-Type", "application/json").send(asked.body.as_bytes()),
    };
    let mut answer = answer.expect("an answer");
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    (answer.status().as_u16(), kind, answer.body_mut().read_to_vec().expect("read"))
}

/// In front of the server at `base`, as a gateway that has nothing under the paths that `is_hidden` tells.
pub fn gateway(base: &str, is_hidden: impl Fn(&str) -> bool + Send + Sync + 'static) -> StandIn {
    let base = base.to_owned();
    StandIn::new(move |asked| {
        if is_hidden(&asked.path) {
            return page(404);
        }
        let (status, kind, body) = forward(&base, asked);
        Reply::Said(status, vec![("Content-Type", kind)], body)
    })
}
