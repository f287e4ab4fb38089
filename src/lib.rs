//! dspyglass opens the store that MLflow wrote while DSPy optimized a program, and shows the
//! optimization as a story. This crate is a library and a thin binary; these notes are the map.
//!
//! # The house
//!
//! Folders are layers. An arrow means "may import"; no arrow runs back.
//!
//! ```text
//! main ─▶ app ─▶ views ─▶ state ─▶ loader ─▶ query ─▶ store ─▶ model
//!                views ─▶ widgets                query ─▶ analysis ─▶ model
//!         cli ─▶ query, model                (widgets import egui and words only)
//!         all ─▶ words
//! ```
//!
//! | room | what lives there | deliberately absent |
//! |---|---|---|
//! | [`words`] | how figures, times and foreign texts are written, for window and terminal alike | egui, any word of MLflow |
//! | [`model`] | plain types; what DSPy and MLflow mean by names ([`model::dspy`], [`model::mlflow`]); the forest of runs and spans; the one way from bytes to JSON; masking of secrets | I/O, egui, threads, clocks |
//! | [`analysis`] | token roll-up, own time, critical path, inferred parents, programs and their differences: pure functions of model types | I/O, egui |
//! | [`store`] | the [`store::Store`] trait and its readers (SQLite, tracking servers, files of traces, stores on other machines), span records of every MLflow, artifact folders | writing, except of what servers said, in the user's cache folder ([`store::server`]); egui, threads of its own, except for the timer that gives a lent connection back, the second reader of a search, requests to a server and a connection to another machine |
//! | [`query`] | one type per question, asked by the loader and by the terminal alike, so that the two cannot disagree; [`query::ask`] is how they are asked and remembered | egui, threads |
//! | [`loader`] | the worker pool, `Slot`s, cancellation, caches with a byte bound; no list of questions | egui (it wakes the window through a callback) |
//! | [`state`] | the window as data: places, history, how pages were left, settings, notices; actions in, effects out | egui, I/O, the clock |
//! | [`widgets`] | the design system: tokens, fonts, icons (`assets/icons`), virtual rows, tables, text, charts | any word of MLflow |
//! | [`views`] | one folder per place: a pure `rows.rs` and a thin drawing part; below the places what they share | I/O, changing state except through actions |
//! | [`app`] | eframe, panels, effects, dialogs | logic |
//! | [`cli`] | the terminal twin | its own readers |
//! | [`gallery`] | every widget in every state, on sheets to look at | anything but widgets |
//!
//! Data flows one way. In every frame a view asks its [`query::ask::Question`]s; the loader answers
//! them on a worker, where JSON is parsed, trees are built, text is split into lines and metrics are
//! decimated; an `Arc` of the finished thing lands in a slot; pure functions make rows of it; rows
//! become pixels. A click becomes an action, applied before the next frame.
//!
//! A question that needs the answer of another one asks its [`query::ask::Session`], which remembers
//! answers for one state of the store: what two views, two workers or two questions need is read once.
//!
//! # Where to add what
//!
//! * **A question**: one type with [`query::ask::Question`] in a file of `query` (`query/sessions.rs`
//!   is a short one) and its name in `query/mod.rs`. A view asks it by `loader.ask(&question, lane)`,
//!   a command by `answer.session.ask(&question)`; older commands call the function behind the question, which asks
//!   the same session. Nothing else knows of it. It reads through `session.store`, asks the session for what another
//!   question answers, says in `bytes` about how much it holds, and has another [`query::ask::CostClass`] than facts
//!   only if its answers are lists of thousands or long texts. What is laid out for the screen on a worker is a
//!   question in `loader` (`loader/family_tree.rs`), what a view makes of an answer is `loader.derive`.
//! * **A tab**: a line of the table in `state/tabs.rs` – what can be chosen in it, its name in addresses, its
//!   title – and its view, in a folder of the place (`views/run/artifacts`), or of its own where several places show
//!   it (`views/traces`; `tests/architecture/places.rs` lists who may). The compiler names every `match` that has to
//!   show it, to say when a run has it, or to give it the keyboard. Rows in a pure `rows.rs` with its tests; a test of
//!   the window in `tests/ui_window`. A list of traces is also told by `Place::lists_traces`.
//! * **A way to read a span**: a variant of `Reading` in `views/details/reading.rs`, where it is offered – the first that a
//!   span offers is shown first, and raw is always offered –, and the function that draws it, in a file beside that one.
//! * **A button of a page**: a `Chip` of `widgets/chips.rs`. The palette offers it by its name while it is on screen,
//!   without being told (`widgets/offers.rs`); a tab and what names the page are offered by `views/palette/here.rs`.
//! * **Something told at the right of a page**: a folder of `views` as any place has, and a line in
//!   `views/side_panel.rs`, which alone knows which page has which panel and how much room it gets. What is selected is
//!   part of the address of the tab.
//! * **Something told of a trace beside its spans**: a question in `query/beside`, which the window asks behind the figures
//!   of the spans and draws in `views/trace/beside`, and which `cli/commands/trace_beside.rs` writes.
//! * **A command of the terminal**: arguments and the variant in `cli/args.rs`, help in
//!   `cli/commands/help.rs`, one file in `cli/commands`, the arm in `cli/commands/mod.rs`, a line in the README;
//!   tests that compare with plain SQL in `tests/cli`. `tests/cli/secrets.rs` asks to be told how it is asked.
//! * **A kind of store**: a reader with [`store::Store`] in a folder of `store`, and its `pub mod` in `store/mod.rs`; the
//!   compiler leads on from there.
//!     * What is at a path is told by `store/at_path.rs`: a variant of [`store::DiskKind`] with its word, its shape in
//!       `what` and, if it is a folder, what it is called in `folder_stores`. `store/open.rs` opens it,
//!       `store/nearby.rs` says what the welcome page shows of it. How people write where it is, if it is no path:
//!       `store/location.rs`. The folder store is a kind already that is told and not opened: its
//!       [`store::DiskKind::instead`] becomes `None` and [`store::StoreError::FolderStore`] goes.
//!     * Sentences that name what is opened: `NoStoreInFolder`, `NotSqlite` and `not_opened` in `store/error.rs`; the
//!       help of the arguments in `cli/args.rs`, `README.md`.
//!     * A store on another machine (`user@host:/path`) is read by the dspyglass there ([`store::remote`]), of whatever
//!       kind it is. What [`store::Store`] is asked has a line in `store/remote/questions.rs`, types that are asked and
//!       answered stand in `store/remote/wire`, and who changes either raises the protocol.
//!     * A file of exported traces is a kind, too (`store/trace_file`): it is read into a [`store::memory::MemoryStore`],
//!       which masks what it gives, and [`store::StoreInfo`] says what it is opened for.
//!     * Values enter masked: a reader gives what it read as [`model::Unmasked`] and masks by its [`store::ReadCx`]; a
//!       file that makes such values, or looks into them, is listed in `tests/architecture/unmasked.rs`.
//!     * Files are read by `store/untrusted.rs` (regular, within the store, no more than a limit), artifacts by
//!       [`store::artifacts::Artifacts::beside`]. Ids come as people type them ([`store::RunScope::One`],
//!       [`model::ArtifactOwner`], [`model::TraceId`]): one with a `/` or `..` is nobody's, and never a part of a path.
//!     * `revision` is asked every second or so while a store is open, on a worker that answers questions too; it
//!       must cost far less than reading, and says in [`store::Capabilities`] that it cannot watch if it would not.
//!     * Of lists it gives pages (`run_page`, `trace_page`) in [`store::Order`], as large as it likes, with a
//!       [`store::Total`] if it knows one, and says in [`store::Capabilities`] whether it filters; whole lists and
//!       filters beyond that are made above it, in `store/whole.rs`.
//!     * A recording of it goes to `tests/stores` with its golden file. `stores()` in `tests/reading/support.rs` finds
//!       it, and it passes all of `any_kind.rs` there: MLflow's own answers, pages, secrets, strange ids, unchanged
//!       bytes. What is compared with SQL (`conformance.rs`, `lists.rs`) is asked of databases alone; what only this
//!       kind can get wrong has a file of its own beside them.
//! * **A condition** that rows of a list can be filtered by: a variant in `store/condition.rs` with its meaning, and
//!   its piece of SQL in `store/sqlite/run_conditions.rs` or `trace_lists.rs`.
//! * **A format of exported traces**: a variant of [`query::ExportFormat`] with its writer in `query/export`, which
//!   holds one trace at a time.
//! * **What the user says of the field** – labels – is kept in the data folder by `query/labels`, never in a store; it
//!   is the one thing here that cannot be made anew.
//! * **A way to fail**: a variant of [`store::StoreError`] with its sentence and what would help
//!   ([`store::Remedy`]); it stays what it is up to `views/failed.rs`, which offers that.
//! * **A part of an answer that may take too long**: a variant of [`store::Part`] and its limit in
//!   `store/cx/budget.rs`, `cx.begin(part)` where it begins, and a mark in the answer that it was cut short.
//! * **How a figure is written**: a function of [`words`], never a `format!` of a view's own.
//!
//! # What must hold
//!
//! Each is a test in `tests/architecture.rs` or in `tests/reading` (`safety.rs`, `any_kind.rs`):
//!
//! 1. The arrows above; egui only in `widgets`, `views`, `app`. Within a layer no files import each other in a
//!    circle, and no place of `views` reaches another one, except what shows others within itself: what places share
//!    stands below them. Names of DSPy and MLflow stand in `model` alone.
//! 2. A store is never written, and its folder's bytes, times and listing stay as they are,
//!    for plain, WAL and hot-journal stores.
//! 3. Nothing outside `widgets/tokens` names a colour. No thread without a name, no channel
//!    without a bound.
//! 4. Text from a store is read as bytes and decoded with a mark, never as a `String`.
//! 5. Secrets are masked where values enter the model, so no view, copy or line of the
//!    terminal can leak one by forgetting: what was not masked is a [`model::Unmasked`], which nothing
//!    prints, serializes or takes as text. A row, a file and decoded JSON (masked text, too: its keys are
//!    new) come as one; who looks inside before masking is listed with a reason in
//!    `tests/architecture/unmasked.rs`. What is a secret is a table, [`model::secret::PATTERNS`].
//! 6. Unknown is `None`, never 0.
//!
//! # What decides speed
//!
//! * Skeletons apart from bodies: a trace's tree never waits for a 20 MB input, and no skeleton
//!   query names a column that stands after `spans.content`.
//! * Lists of traces are handles first and lines when they are looked at; where the handles come in pages, the first
//!   are shown while the others are read.
//! * A search of text decodes only those records whose bytes may hold it, however it is escaped (`model/search`), and
//!   comes in pages that end after a time: hits are shown, and the search can be ended, long before it is through.
//! * While nobody writes to the store and nobody touches the window, no frame is drawn: a timer of the loader has the
//!   store looked at, and only what is new wakes the window (`loader/watching.rs`).
//! * Of a server the window waits for what it shows, and for nothing else: it has more workers than a file, what somebody
//!   waits for goes before what is read behind it, and a trace that was seen is shown before anybody answers
//!   (`store/server/seen.rs`).
//! * Rows have one height and are recomputed when an input changes, never per frame; scrolling
//!   is an integer row and a fraction.
//! * Long text is split into lines on a worker and drawn as virtual rows.

pub mod analysis;
#[cfg(feature = "window")]
pub mod app;
pub mod cli;
#[cfg(feature = "window")]
pub mod gallery;
#[cfg(feature = "window")]
pub mod loader;
pub mod model;
pub mod query;
#[cfg(feature = "window")]
pub mod state;
pub mod store;
#[cfg(feature = "window")]
pub mod views;
#[cfg(feature = "window")]
pub mod widgets;
pub mod words;
