//! `dspyglass diff` of two files that hold states of programs, without any store.

use std::path::Path;

use serde::Serialize;

use super::diff::{OneKey, OnePredictor, Side, keys};
use super::diff_program_text::{self, Page};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::cli::words;
use crate::query::diff_files;
use crate::store::ReadCx;

#[derive(Serialize)]
struct Document<'a> {
    same: bool,
    predictors: Vec<OnePredictor<'a>>,
    /// A file has none of them.
    params: (),
    metrics: (),
    tags: (),
    examples: (),
    run_a: Side<'a>,
    run_b: Side<'a>,
    complete: bool,
    texts_complete: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other: Vec<OneKey<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

/// Compares two files.
pub(in crate::cli) fn answer(
    files: [&Path; 2],
    cx: &ReadCx,
    is_json: bool,
    page: &mut Page<'_>,
) -> Result<(), Failure> {
    let diff = diff_files(cx, files).map_err(Failure::Absent)?;
    if !is_json {
        for (letter, file) in ["a", "b"].into_iter().zip(files) {
            writeln!(page.out, "{letter}  {}", words::clean(&file.display().to_string()))?;
        }
        return diff_program_text::print(&diff.program, page);
    }
    let side = |file: &Path, program| Side { file: Some(file.display().to_string()), ..Side::of(Some(program)) };
    let document = Document {
        same: diff.program.same,
        predictors: diff.program.predictors.iter().map(OnePredictor::from).collect(),
        params: (),
        metrics: (),
        tags: (),
        examples: (),
        run_a: side(files[0], &diff.old),
        run_b: side(files[1], &diff.new),
        complete: diff.program.complete,
        texts_complete: diff.program.texts_complete(),
        other: keys(&diff.program.other),
        warnings: cx.take_warnings().into(),
    };
    json::write(&document, page.out)
}
