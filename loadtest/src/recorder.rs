//! Recorder: who writes down what is seen, while it is seen?

use std::fs::File;
use std::time::Duration;

use anyhow::Context;
use report::recording::{Event, Experiment, Remark, Writer};

use crate::progress::Progress;

pub struct Recorder {
    pub recording: Writer<File>,
    pub progress: Progress,
    /// A sentence for each sample in which servers did other work than was promised.
    pub broken: Vec<String>,
}

impl Recorder {
    pub fn record(&mut self, event: &Event) -> anyhow::Result<()> {
        self.recording.write(event).context("cannot write the recording")
    }

    /// A sentence that the reader of the report should have.
    pub fn note(&mut self, experiment: Experiment, sentence: impl Into<String>) -> anyhow::Result<()> {
        self.record(&Event::Note(Remark { experiment: Some(experiment), sentence: sentence.into() }))
    }

    /// Why an experiment, or a part of it, did not happen.
    pub fn skipped(&mut self, experiment: Option<Experiment>, sentence: impl Into<String>) -> anyhow::Result<()> {
        self.record(&Event::Skipped(Remark { experiment, sentence: sentence.into() }))
    }

    pub fn say(&mut self, what: impl Into<String>) {
        self.progress.say(what);
    }

    /// So much of what the plan was said to take is over.
    pub fn spent(&mut self, more: Duration) {
        self.progress.spent(more);
    }
}
