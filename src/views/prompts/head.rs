//! What a prompt is, and what one of its versions is.

use egui::Ui;

use super::Shown;
use crate::loader::{Lane, PreparedPrompt, PromptTextOf};
use crate::model::{Entry, PromptContent, PromptVersion, RegisteredPrompt};
use crate::query::PromptPage;
use crate::state::{Action, PromptTab};
use crate::views::scene::Scene;
use crate::views::time::{moment_short, moment_utc};
use crate::widgets::chips::Chip;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// So many of its variables are named.
const VARIABLES_MOST: usize = 8;
/// Longer descriptions are cut; pointing at them shows more.
const DESCRIPTION_MOST: usize = 240;

/// The head of the page: the prompt.
pub(super) fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &PromptPage) {
    let prompt = &page.prompt;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        title_ui(ui, &prompt.key.name);
        if let Some(workspace) = &prompt.key.workspace {
            ui.add(Chip::new(workspace).note("workspace"));
        }
        for alias in &prompt.aliases {
            let text = format!("@{}", words::one_line(&alias.name, 40));
            let note = words::count(alias.version);
            let chip = Chip::button(&text).note(&note);
            let tip = "Show the version that this alias stands for";
            if ui.add(chip).on_hover_text(tip).clicked() {
                scene.act(Action::ShowPrompt(Some(alias.version), tab_of(scene)));
            }
        }
        tags_ui(ui, &prompt.tags);
        // None of these breaks in its middle.
        let count = words::counted(prompt.versions.len(), "version").replace(' ', "\u{a0}");
        text_ui(ui, &count, Type::Small, Tone::Muted).on_hover_text(deleted_text(page));
        if let Some(ms) = prompt.created_ms {
            let text = format!("since {}", moment_short(ms, scene.clock)).replace(' ', "\u{a0}");
            text_ui(ui, &text, Type::Small, Tone::Muted).on_hover_text(moment_utc(ms));
        }
    });
    description_ui(ui, prompt);
    ui.add_space(size::GAP_S);
}

fn tab_of(scene: &Scene<'_>) -> PromptTab {
    match scene.place() {
        crate::state::Place::Prompts(place) => place.tab,
        _ => PromptTab::default(),
    }
}

fn deleted_text(page: &PromptPage) -> String {
    match page.versions.iter().filter(|one| one.is_deleted).count() {
        0 => "None of them was deleted".to_owned(),
        deleted => format!("{} more were deleted", words::count(deleted as u64)),
    }
}

fn description_ui(ui: &mut Ui, prompt: &RegisteredPrompt) {
    let Some(description) = &prompt.description else { return };
    let text = words::one_line(description, DESCRIPTION_MOST);
    let response = text_ui(ui, &text, Type::Body, Tone::Muted);
    if text.len() < description.len() {
        response.on_hover_text(words::ellipsize_graphemes(description, 2_000).as_ref());
    }
}

fn tags_ui(ui: &mut Ui, tags: &[Entry]) {
    for tag in tags {
        let text = words::one_line(tag.value.as_str(), 40);
        ui.add(Chip::new(&text).note(&tag.key));
    }
}

/// What is known of a version, and what can be done with it.
pub(super) fn version_ui(ui: &mut Ui, scene: &mut Scene<'_>, shown: Shown<'_>, version: &PromptVersion) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        text_ui(ui, &format!("Version {}", words::count(version.version)), Type::BodyStrong, Tone::Neutral);
        if version.is_deleted {
            ui.add(Chip::new("deleted").tinted(Tone::Bad));
        }
        if let Some(content) = version.content.as_ref().filter(|content| content.kind() == "chat") {
            let messages = match content {
                PromptContent::Chat(messages) => words::counted(messages.len(), "message"),
                PromptContent::Broken(_) | PromptContent::Text(_) => "unreadable".to_owned(),
            };
            ui.add(Chip::new("chat").note(&messages));
        }
        let asked = PromptTextOf { prompt: shown.page.prompt.key.clone(), version: shown.version };
        let slot = scene.loader.ask(&asked, Lane::Selection);
        let prepared = slot.value().and_then(|found| found.as_ref().as_ref());
        let variables = prepared.map_or(&[][..], |prepared| &prepared.variables);
        for variable in variables.iter().take(VARIABLES_MOST) {
            let text = format!("{{{{ {} }}}}", words::one_line(variable, 40));
            ui.add(Chip::new(&text)).on_hover_text("A variable of the text");
        }
        if let Some(more) = variables.len().checked_sub(VARIABLES_MOST).filter(|more| *more > 0) {
            text_ui(ui, &format!("{} more variables", words::count(more as u64)), Type::Small, Tone::Muted);
        }
        tags_ui(ui, &version.tags);
        if let Some(message) = &version.message {
            let text = words::one_line(message, 120);
            text_ui(ui, &text, Type::Small, Tone::Neutral).on_hover_text("The commit message");
        }
        if let Some(prepared) = prepared {
            copies_ui(ui, scene, shown, prepared);
        }
    });
    ui.add_space(size::GAP_XS);
}

fn copies_ui(ui: &mut Ui, scene: &mut Scene<'_>, shown: Shown<'_>, prepared: &PreparedPrompt) {
    if ui
        .add(Chip::button("Copy text"))
        .on_hover_text("The text as it stands; of a chat its messages as JSON")
        .clicked()
    {
        scene.act(Action::Copy(prepared.copied.text().to_string()));
    }
    if ui
        .add(Chip::button("Copy Python that loads it"))
        .on_hover_text("mlflow.genai.load_prompt with its address")
        .clicked()
    {
        scene.act(Action::Copy(python(&shown.page.prompt.key.name, shown.version)));
    }
}

/// Python that loads a version. Names hold neither quotes nor backslashes where MLflow made them.
fn python(name: &str, version: u64) -> String {
    let address = format!("prompts:/{name}/{version}");
    format!("import mlflow\n\nprompt = mlflow.genai.load_prompt({})", crate::model::Json::from(address))
}
