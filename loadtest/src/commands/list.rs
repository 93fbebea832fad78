//! `loadtest list`: which experiments are there, and what do they cost?

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::recording::Experiment;
use report::words;

use crate::cli::Overrides;
use crate::commands::output;
use crate::plan::Plan;
use crate::progress::told;

const PLANS: [&str; 3] = ["smoke", "workshop", "full"];

/// # Errors
/// None but a built-in plan that cannot be read.
pub fn list() -> anyhow::Result<()> {
    let plans =
        PLANS.map(|plan| Plan::find(plan, &Overrides::default())).into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["experiment", "question"].into_iter().chain(PLANS));
    for experiment in Experiment::ALL {
        let takes = plans.iter().map(|(plan, _)| match plan.sections.get(&experiment) {
            Some(section) => told(section.needs().takes),
            None => "–".into(),
        });
        let said = [words::experiment(experiment), words::question(experiment)].map(str::to_owned);
        table.add_row(said.into_iter().chain(takes));
    }
    let all = plans.iter().map(|(plan, _)| told(plan.needs().takes));
    table.add_row(["in all", "with the starts of the fleets"].map(str::to_owned).into_iter().chain(all));
    for figures in table.column_iter_mut().skip(2) {
        figures.set_cell_alignment(CellAlignment::Right);
    }
    output::show(table);
    Ok(())
}
