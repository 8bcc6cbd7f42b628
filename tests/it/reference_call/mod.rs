//! From a call of the reference's functions, as stored beside each map, to a method and settings.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use gradlens::protocol::{Setting, Settings};
use serde_json::{Map, Value};

/// The method and settings that stand for `function(**arguments)`; stops at anything unknown.
pub fn reference_call(function: &Value, arguments: &Value) -> (&'static str, Settings) {
    let mut call = Call {
        arguments: arguments.as_object().unwrap().clone(),
        settings: Settings::default(),
    };
    let method = match function.as_str().unwrap() {
        "vanilla" => "gradient",
        "var" => {
            call.noise();
            "vargrad"
        }
        "smooth" => call.smooth(),
        "onedir" => {
            call.noise();
            let positive = call.flag("positive_only", true);
            call.choose("process", if positive { "positive" } else { "negative" });
            "smoothgrad"
        }
        "gag" => call.guided_absolute_grad(),
        "ig" => call.integrated_gradients(),
        "blur" => {
            call.integer("num_samples", "steps");
            call.integer("radius", "radius");
            call.integer("max_sigma", "max-sigma");
            call.process();
            "blur-ig"
        }
        "gig" => {
            call.integer("num_samples", "steps");
            call.process();
            "guided-ig"
        }
        name @ ("gbp" | "gbp6") => call.guided_backprop(name == "gbp6"),
        other => panic!("unknown function {other}"),
    };
    if call.flag("loss", false) {
        call.choose("objective", "loss");
    }
    let left = &call.arguments;
    assert!(left.is_empty(), "unknown arguments {left:?} of {function}");
    (method, call.settings)
}

/// A call whose arguments are taken away as they are understood.
struct Call {
    arguments: Map<String, Value>,
    settings: Settings,
}

impl Call {
    fn choose(&mut self, name: &str, value: &str) {
        self.settings.set(name, Setting::Choice(value.to_owned()));
    }

    fn integer(&mut self, argument: &str, name: &str) {
        if let Some(value) = self.arguments.remove(argument) {
            let value = value.as_u64().unwrap();
            self.settings.set(name, Setting::Integer(value));
        }
    }

    fn flag(&mut self, argument: &str, default: bool) -> bool {
        self.arguments
            .remove(argument)
            .map_or(default, |value| value.as_bool().unwrap())
    }

    fn text(&mut self, argument: &str) -> Option<String> {
        let value = self.arguments.remove(argument)?;
        Some(value.as_str().unwrap().to_owned())
    }

    fn noise(&mut self) {
        self.integer("num_samples", "samples");
        if let Some(spread) = self.arguments.remove("std_spread") {
            let spread = spread.as_f64().unwrap();
            self.settings.set("spread", Setting::Real(spread));
        }
    }

    /// The threshold: absent is 0.7, below zero stands for "all damped".
    fn percentile(&mut self) {
        let rate = match self.arguments.remove("th") {
            None | Some(Value::Null) => 0.7,
            Some(rate) => rate.as_f64().unwrap(),
        };
        let rate = if rate < 0.0 { 1.0 } else { rate };
        self.settings.set("percentile", Setting::Real(100.0 * rate));
    }

    fn smooth(&mut self) -> &'static str {
        self.noise();
        if self.flag("ifabs", false) {
            self.choose("process", "absolute");
        }
        if self.flag("ifsquare", false) {
            "smoothgrad-squared"
        } else {
            "smoothgrad"
        }
    }

    fn guided_absolute_grad(&mut self) -> &'static str {
        self.noise();
        let absolute = self.flag("ifabs", true);
        let square = self.flag("ifsquare", false);
        let aggregation = self.text("aggregation").unwrap();
        if aggregation != "guided" {
            self.arguments.remove("th");
        }
        match (aggregation.as_str(), absolute, square) {
            ("mean", true, false) => "absolutegrad",
            ("var", _, false) => "vargrad",
            ("guided", true, false) => {
                self.percentile();
                "guided-absolute-grad"
            }
            ("guided", false, false) => {
                self.percentile();
                self.choose("process", "guided");
                "smoothgrad"
            }
            ("guided", _, true) => {
                self.percentile();
                self.choose("process", "guided");
                "smoothgrad-squared"
            }
            other => panic!("unknown combination {other:?}"),
        }
    }

    fn integrated_gradients(&mut self) -> &'static str {
        self.integer("steps", "steps");
        if self.flag("idgi", false) {
            // The reference uses the first trial only.
            assert_eq!(self.arguments.remove("trials"), Some(Value::from(1)));
            return "idgi";
        }
        self.integer("trials", "trials");
        self.process();
        "integrated-gradients"
    }

    fn process(&mut self) {
        let guided = match self.text("aggregation").as_deref() {
            None => false,
            Some("guided") => {
                self.percentile();
                true
            }
            Some(other) => panic!("unknown aggregation {other}"),
        };
        let absolute = self.flag("ifabs", false);
        let process = match (guided, absolute, self.text("direction").as_deref()) {
            (false, false, None) => "plain",
            (false, false, Some("positive")) => "positive",
            (false, false, Some("negative")) => "negative",
            (false, true, None) => "absolute",
            (true, false, None) => "guided",
            (true, true, None) => "guided-absolute",
            other => panic!("unknown combination {other:?}"),
        };
        self.choose("process", process);
    }

    fn guided_backprop(&mut self, relu6: bool) -> &'static str {
        self.choose("relu6", if relu6 { "on" } else { "off" });
        let rule = match (self.flag("ifabs", false), self.text("direction").as_deref()) {
            (true, None) => "absolute",
            (false, None | Some("positive")) => "positive",
            (false, Some("negative")) => "negative",
            (false, Some("both")) => "both",
            other => panic!("unknown combination {other:?}"),
        };
        self.choose("rule", rule);
        "guided-backprop"
    }
}
