//! Which experiments are there, and what do they cost?

use std::io::Write;

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use loadtest::recording::Experiment;
use loadtest::words;

use crate::plan::Plan;

/// # Errors
/// None but a built-in plan that cannot be read.
pub fn list() -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["experiment", "question", "what people usually predict", "smoke", "workshop", "full"]);
    let plans = ["smoke", "workshop", "full"].map(Plan::find).into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    for experiment in Experiment::ALL {
        let said = [words::experiment(experiment), words::question(experiment), words::prediction(experiment)];
        let takes = plans.iter().map(|(plan, _)| match plan.sections.get(&experiment) {
            Some(section) => format!("{:.0} s", section.takes().as_secs_f64()),
            None => "–".into(),
        });
        table.add_row(said.map(str::to_owned).into_iter().chain(takes));
    }
    let _ = writeln!(std::io::stdout(), "{table}"); // Nobody may be reading any more.
    Ok(())
}
