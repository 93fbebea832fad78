//! How does the textbook's table look, re-marked?

use maud::{Markup, html};

use crate::chart;
use crate::evidence::claims::{Claim, ClaimOutcome, Decision, Effect, LedgerRow, Strength};
use crate::evidence::sides::Side;
use crate::evidence::verdict::Verdict;
use crate::recording::Experiment;
use crate::words;

/// The first page: what is said of either side, and beneath it what became of that.
pub(crate) fn table(rows: &[LedgerRow]) -> Markup {
    html! {
        p.meaning {
            "✓ supported or ✕ refuted: beyond what noise explains. ◐ depends: it holds in one case and not in another. \
             ? inconclusive: measured, and not decided by it. In brackets, and as thin lines: the interval that holds the \
             true value in 95 of 100 runs. Beside ratios, the upright line is no difference, and the grey band is how far \
             a server lies from itself, the noise."
        }
        table.ledger {
            thead {
                tr {
                    td {}
                    th scope="col" class="side stateless" { "Stateless: the textbook, re-marked" }
                    th scope="col" class="side stateful" { "Stateful: the textbook, re-marked" }
                }
            }
            tbody { @for row in rows { (line(row)) } }
        }
    }
}

fn line(row: &LedgerRow) -> Markup {
    html! {
        tr {
            th scope="row" { (row.aspect) }
            @for (side, name) in [(Side::Stateless, "stateless"), (Side::Stateful, "stateful")] {
                td.unsaid[row.says_of(side) == "–"] {
                    p.says { i { (name) ": " } (row.says_of(side)) }
                    @for claim in row.of(side) { (mark(claim)) }
                }
            }
        }
    }
}

fn mark(claim: &Claim) -> Markup {
    let name = claim.experiment.name();
    match &claim.outcome {
        ClaimOutcome::NotMeasured => html! {
            div.mark { span.badge.waiting { "not measured" } p { (claim.says) " " small { (name) } } }
        },
        ClaimOutcome::Decided(Decision { verdict, effect, .. }) => html! {
            div.mark {
                (badge(*verdict))
                p { (claim.says) " " a href={ "#" (name) } { (name) } }
                @if let Some(effect) = effect { div.effect { (strength(effect)) } }
            }
        },
    }
}

/// What one experiment decided, and why: at the head of its chapter.
pub(crate) fn decided(rows: &[LedgerRow], experiment: Experiment) -> Markup {
    let ours = rows.iter().flat_map(|row| &row.claims).filter(|claim| claim.experiment == experiment);
    let decided = ours.filter_map(|claim| Some((claim.says, claim.decision()?)));
    html! {
        @for (says, decision) in decided {
            div.decided {
                (badge(decision.verdict))
                p { b { (says) ". " } (decision.because) }
            }
        }
    }
}

/// A sign and a word beside the colour, for eyes and printers that have none.
fn badge(verdict: Verdict) -> Markup {
    let sign = match verdict {
        Verdict::Supported => "✓",
        Verdict::Refuted => "✕",
        Verdict::Depends => "◐",
        Verdict::Inconclusive => "?",
    };
    html! { span class={ "badge " (verdict) } { (sign) " " (verdict) } }
}

fn strength(strength: &Strength) -> Markup {
    match strength {
        Strength::Ratio(effect) => ratio(effect),
        Strength::Share(share) => html! {
            (chart::tiny_share(share))
            span { b { (words::share(share)) } " " (share.reads) }
        },
        Strength::Cases(cases) => html! {
            (chart::tiny_cases(cases))
            span { (cases.reads) }
        },
        Strength::Pair(pair) => html! {
            (chart::tiny_pair(pair))
            span { (pair.reads) }
        },
    }
}

fn ratio(effect: &Effect) -> Markup {
    html! {
        (chart::tiny(effect))
        span {
            b { (effect.ratio) } " " (effect.reads)
            @if let Some(band) = effect.band { small { ", noise " (band) } }
        }
    }
}
