//! Who the user is to the server that is open: asked where it asks, sent to it alone, kept nowhere.

use egui::{Align2, Id, Key, Ui, Window};

use super::scene::Scene;
use crate::loader::Failure;
use crate::model::Secret;
use crate::state::Action;
use crate::store::{Refusal, SignIn, StoreError, StoreLocation};
use crate::widgets::chips::Chip;
use crate::widgets::field::Field;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// What is typed. The name stays for the next time, a password or a token for one attempt.
#[derive(Default)]
pub(super) struct SignInMemory {
    /// To whom: nothing of it is for another server.
    place: Option<StoreLocation>,
    by_token: bool,
    user: String,
    /// The password or the token.
    secret: Secret,
    was_shown: bool,
    was_trying: bool,
    /// What the last attempt was made with: what failed is told of that.
    tried_token: bool,
}

impl SignInMemory {
    /// What is to be sent, if it is whole.
    fn whole(&mut self) -> Option<SignIn> {
        if self.secret.is_empty() || !self.by_token && self.user.trim().is_empty() {
            return None;
        }
        self.tried_token = self.by_token;
        let secret = std::mem::take(&mut self.secret);
        Some(match self.by_token {
            true => SignIn::Token(secret),
            false => SignIn::Password { user: self.user.trim().to_owned(), password: secret },
        })
    }
}

/// The panel, while it is asked for or the server asks.
pub(super) fn sign_in_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SignInMemory) {
    if scene.loader.take_question() {
        scene.act(Action::AskToSignIn(true));
    }
    if scene.loader.take_signed_in() {
        scene.act(Action::AskToSignIn(false));
    }
    let server = scene.loader.server().filter(|_| scene.state.asks_to_sign_in);
    let Some((place, knows_who)) = server.map(|server| (server.place(), server.knows_who())) else {
        if std::mem::take(&mut memory.was_shown) {
            memory.secret = Secret::default();
            scene.loader.leave_sign_in();
        }
        return;
    };
    if memory.place.as_ref() != Some(&place) {
        *memory = SignInMemory { place: Some(place.clone()), ..SignInMemory::default() };
    }
    // Who comes here, or was not accepted, types at once.
    let is_trying = scene.loader.is_signing_in();
    let has_ended = std::mem::replace(&mut memory.was_trying, is_trying) && !is_trying;
    let is_new = !std::mem::replace(&mut memory.was_shown, true) || has_ended;
    let mut is_open = true;
    let room = ui.ctx().content_rect().width() - 48.0;
    Window::new(format!("Sign in to {}", place.name()))
        .id(Id::unique("sign in"))
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ui.ctx(), |ui| {
            ui.set_width(room.clamp(200.0, 520.0));
            let is_refused = scene.loader.is_refused();
            ui.add(egui::Label::new(asked(&place, is_refused, knows_who)).wrap());
            ui.add_space(size::GAP_M);
            let is_entered = fields_ui(ui, memory, &place, is_new);
            told_ui(ui, scene, memory, &place);
            if buttons_ui(ui, scene, memory) || is_entered {
                let who = if scene.loader.is_signing_in() { None } else { memory.whole() };
                scene.actions.extend(who.map(Action::SignIn));
            }
            ui.add_space(size::GAP_M);
            keeping_ui(ui, memory.by_token);
        });
    if !is_open {
        scene.act(Action::AskToSignIn(false));
    }
}

/// Who asks, and why.
fn asked(place: &StoreLocation, is_refused: bool, knows_who: bool) -> String {
    match (is_refused, knows_who) {
        (true, true) => format!("{place} does not accept the credentials that it was sent"),
        (true, false) => format!("{place} asks who you are"),
        (false, true) => format!("You are signed in to {place}; here you sign in as somebody else"),
        (false, false) => format!("{place} lets anybody read what you saw so far"),
    }
}

/// Says whether Enter was pressed in the last field.
fn fields_ui(ui: &mut Ui, memory: &mut SignInMemory, place: &StoreLocation, is_new: bool) -> bool {
    let by_token = memory.by_token;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        for (text, one) in [("Name and password", false), ("Token", true)] {
            if ui.add(Chip::toggle(text, by_token == one)).clicked() && by_token != one {
                (memory.by_token, memory.secret) = (one, Secret::default());
            }
        }
    });
    ui.add_space(size::GAP_S);
    let place = place.to_string();
    let (user_id, secret_id) = (Id::unique(("sign in user", &place)), Id::unique(("sign in secret", &place)));
    let is_entered =
        |ui: &Ui, field: &egui::Response| field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if !memory.by_token {
        text_ui(ui, "User name", Type::Small, Tone::Muted);
        let user = Field::new("User name").id(user_id).show(ui, &mut memory.user);
        if is_entered(ui, &user) {
            ui.memory_mut(|memory| memory.request_focus(secret_id));
        }
        ui.add_space(size::GAP_S);
    }
    let label = if memory.by_token { "Token" } else { "Password" };
    text_ui(ui, label, Type::Small, Tone::Muted);
    let secret = Field::new(label).id(secret_id).secret().show(ui, memory.secret.for_typing());
    if is_new || memory.by_token != by_token {
        let first = if memory.by_token || !memory.user.is_empty() { secret_id } else { user_id };
        ui.memory_mut(|memory| memory.request_focus(first));
    }
    is_entered(ui, &secret)
}

/// What came of the last attempt; the room is there from the start, so that nothing moves.
fn told_ui(ui: &mut Ui, scene: &Scene<'_>, memory: &SignInMemory, place: &StoreLocation) {
    let (text, tone) = match scene.loader.sign_in_failure() {
        _ if scene.loader.is_signing_in() => (format!("Asking {}…", place.name()), Tone::Muted),
        Some(failure) => (failed(failure, &place.name(), memory.tried_token), Tone::Bad),
        None if is_in_clear(place) => {
            ("What you type is sent over http, which does not encrypt it".to_owned(), Tone::Warn)
        }
        None => (" ".to_owned(), Tone::Muted),
    };
    ui.add_space(size::GAP_XS);
    let color = tone.color(crate::widgets::tokens::Tokens::of(ui));
    ui.add(egui::Label::new(egui::RichText::new(text).font(Type::Small.font()).color(color)).wrap());
    ui.add_space(size::GAP_XS);
}

/// Why it was not accepted.
fn failed(failure: &Failure, host: &str, tried_token: bool) -> String {
    let what = if tried_token { "this token" } else { "this user name and password" };
    match failure.store_error() {
        Some(StoreError::Refused { refusal: Refusal::Forbidden, .. }) => {
            format!("{host} does not let you read with {what} (403)")
        }
        Some(StoreError::Refused { .. }) => format!("{host} does not accept {what}"),
        _ => failure.to_string(),
    }
}

/// Whether what is sent there can be read on the way.
fn is_in_clear(place: &StoreLocation) -> bool {
    let name = place.name();
    let is_here = ["localhost", "127.", "[::1]"].iter().any(|here| name.starts_with(here));
    place.to_string().starts_with("http://") && !is_here
}

/// Says whether it is to be sent.
fn buttons_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &SignInMemory) -> bool {
    let is_whole = !memory.secret.is_empty() && (memory.by_token || !memory.user.trim().is_empty());
    let can_send = is_whole && !scene.loader.is_signing_in();
    ui.horizontal(|ui| {
        let is_sent = ui.add_enabled_ui(can_send, |ui| ui.add(Chip::button("Sign in")).clicked()).inner;
        if ui.add(Chip::button("Cancel")).clicked() {
            scene.act(Action::AskToSignIn(false));
        }
        is_sent
    })
    .inner
}

/// How long it is kept, and how to keep it longer: where MLflow's own client finds it (2.21 – 3.18).
fn keeping_ui(ui: &mut Ui, by_token: bool) {
    let (text, how) = if by_token {
        (
            "Kept until dspyglass ends; to keep it longer, set MLFLOW_TRACKING_TOKEN",
            "MLflow finds it there, too; dspyglass writes it nowhere",
        )
    } else {
        (
            "Kept until dspyglass ends; to keep it longer, write it into ~/.mlflow/credentials",
            "Below a line [mlflow]: mlflow_tracking_username = …, and in the next line mlflow_tracking_password = …; MLflow \
             finds it there, too, and dspyglass writes it nowhere",
        )
    };
    text_ui(ui, text, Type::Small, Tone::Muted).on_hover_text(how);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_whole_is_not_sent_and_a_secret_is_sent_once() {
        let mut memory = SignInMemory { user: " ana ".to_owned(), ..SignInMemory::default() };
        assert_eq!(memory.whole(), None);
        memory.secret = Secret::new("pw1");
        let who = SignIn::Password { user: "ana".to_owned(), password: Secret::new("pw1") };
        assert_eq!((memory.whole(), memory.whole(), memory.user.as_str()), (Some(who), None, " ana "));
        let mut memory = SignInMemory { by_token: true, secret: Secret::new("t"), ..SignInMemory::default() };
        assert_eq!(memory.whole(), Some(SignIn::Token(Secret::new("t"))));
    }

    #[test]
    fn only_what_leaves_this_machine_unencrypted_is_warned_of() {
        for (address, expected) in [
            ("http://mlflow.example.org", true),
            ("https://mlflow.example.org", false),
            ("http://127.0.0.1:5000", false),
            ("http://localhost:5000/ml", false),
            ("http://[::1]:5000", false),
        ] {
            assert_eq!(is_in_clear(&address.into()), expected, "{address}");
        }
    }
}
