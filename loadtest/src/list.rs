//! Which experiments are there, and what do they cost?

use std::io::Write;

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use loadtest::words;

use crate::experiments::{ALL, About};
use crate::plan::Plan;

/// # Errors
/// None but a built-in plan that cannot be read.
pub fn list() -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["experiment", "question", "what people usually predict", "smoke", "workshop", "full"]);
    for About { experiment, takes } in &ALL {
        let said = [words::experiment(*experiment), words::question(*experiment), words::prediction(*experiment)];
        let mut row = said.map(str::to_owned).to_vec();
        for plan in ["smoke", "workshop", "full"] {
            let plan = Plan::find(plan)?.0;
            let asks = plan.experiments().contains(experiment);
            row.push(if asks { format!("{:.0} s", takes(&plan).as_secs_f64()) } else { "–".into() });
        }
        table.add_row(row);
    }
    let _ = writeln!(std::io::stdout(), "{table}"); // Nobody may be reading any more.
    Ok(())
}
