//! The papers that methods, measures and comments cite: one list, from which every citation that is shown is made.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a paper can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locator {
    /// Its number on arXiv, such as "2404.15564".
    Arxiv(&'static str),
    /// Its digital object identifier.
    Doi(&'static str),
}

/// A paper. Only the list below makes any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    authors: &'static [&'static str],
    title: &'static str,
    venue: &'static str,
    year: u16,
    locator: Locator,
}

impl Paper {
    /// Its authors in the paper's order, each as "family name, given names".
    pub fn authors(&self) -> &'static [&'static str] {
        self.authors
    }

    /// Its title.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Where it was published; "arXiv" where it is a preprint alone.
    pub fn venue(&self) -> &'static str {
        self.venue
    }

    /// The year it was published there.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// Where it can be found.
    pub fn locator(&self) -> Locator {
        self.locator
    }

    /// The family names of its authors in the paper's order.
    pub fn family_names(&self) -> impl Iterator<Item = &'static str> {
        let whole = self.authors.iter();
        whole.map(|author| author.split_once(',').map_or(*author, |(family, _)| family))
    }

    /// Its authors in short: up to three family names, or the first with "et al.".
    pub fn credit(&self) -> String {
        let names: Vec<&str> = self.family_names().collect();
        match names.as_slice() {
            [first, _, _, _, ..] => format!("{first} et al."),
            few => few.join(", "),
        }
    }

    /// Authors and year, as in "Zhang et al. 2016".
    pub fn credit_and_year(&self) -> String {
        format!("{} {}", self.credit(), self.year)
    }

    /// Authors, title, place, year and number on one line, without a full stop.
    pub fn reference(&self) -> String {
        let (credit, title, year) = (self.credit(), self.title, self.year);
        match self.locator {
            Locator::Arxiv(number) if self.venue == PREPRINT => {
                format!("{credit}: {title}, {year}, arXiv {number}")
            }
            Locator::Arxiv(number) => {
                format!("{credit}: {title}, {} {year}, arXiv {number}", self.venue)
            }
            Locator::Doi(doi) => format!("{credit}: {title}, {} {year}, doi {doi}", self.venue),
        }
    }

    /// Cites it for the whole of what is described.
    pub fn cite(&self) -> Citation {
        self.cite_for("")
    }

    /// Cites it for a part of what is described, such as "Pointing game".
    pub fn cite_for(&self, part: &str) -> Citation {
        Citation {
            part: part.to_owned(),
            reference: self.reference(),
        }
    }
}

/// A paper that is cited, as it is shown. None can be written by hand: a [`Paper`] makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    part: String,
    reference: String,
}

impl Citation {
    /// What the paper is cited for; empty where it is the whole.
    pub fn part(&self) -> &str {
        &self.part
    }

    /// The paper on one line, as [`Paper::reference`] gives it.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The same citation with what it is for in other words.
    pub fn said(&self, say: impl Fn(&str) -> String) -> Self {
        Self {
            part: say(&self.part),
            reference: self.reference.clone(),
        }
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.part.is_empty() {
            write!(f, "{}: ", self.part)?;
        }
        f.write_str(&self.reference)
    }
}

/// Citations on one line, one after the other, without a full stop.
pub fn one_line(citations: &[Citation]) -> String {
    let shown: Vec<String> = citations.iter().map(Citation::to_string).collect();
    shown.join("; ")
}

/// The venue of what was published on arXiv alone.
const PREPRINT: &str = "arXiv";

/// Makes a constant of each paper, and the list of all: none can be cited that is not in the list.
macro_rules! papers {
    ($($(#[$what:meta])* $name:ident: [$($author:literal),+], $title:literal, $venue:expr, $year:literal, $locator:expr;)+) => {
        $(
            $(#[$what])*
            pub const $name: Paper = Paper {
                authors: &[$($author),+],
                title: $title,
                venue: $venue,
                year: $year,
                locator: $locator,
            };
        )+

        /// Every paper that is cited.
        pub const PAPERS: &[Paper] = &[$($name),+];
    };
}

papers! {
    /// Guided AbsoluteGrad, AbsoluteGrad, RCAP, the cascade in groups of layers and most settings: "the paper".
    GUIDED_ABSOLUTE_GRAD:
        ["Huang, Jun", "Liu, Yan"],
        "Guided AbsoluteGrad: Magnitude of Gradients Matters to Explanation's Localization and Saliency",
        "Canadian Conference on Artificial Intelligence", 2024, Locator::Arxiv("2404.15564");
    /// Vanilla Gradient.
    SALIENCY_MAPS:
        ["Simonyan, Karen", "Vedaldi, Andrea", "Zisserman, Andrew"],
        "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps",
        "ICLR Workshop", 2014, Locator::Arxiv("1312.6034");
    /// Gradient x Input.
    GRADIENT_X_INPUT:
        ["Shrikumar, Avanti", "Greenside, Peyton", "Shcherbina, Anna", "Kundaje, Anshul"],
        "Not Just a Black Box: Learning Important Features Through Propagating Activation Differences",
        PREPRINT, 2016, Locator::Arxiv("1605.01713");
    /// Guided Backprop.
    GUIDED_BACKPROP:
        ["Springenberg, Jost Tobias", "Dosovitskiy, Alexey", "Brox, Thomas", "Riedmiller, Martin"],
        "Striving for Simplicity: The All Convolutional Net",
        "ICLR Workshop", 2015, Locator::Arxiv("1412.6806");
    /// SmoothGrad.
    SMOOTHGRAD:
        ["Smilkov, Daniel", "Thorat, Nikhil", "Kim, Been", "Viégas, Fernanda", "Wattenberg, Martin"],
        "SmoothGrad: removing noise by adding noise",
        PREPRINT, 2017, Locator::Arxiv("1706.03825");
    /// VarGrad.
    VARGRAD:
        ["Adebayo, Julius", "Gilmer, Justin", "Goodfellow, Ian", "Kim, Been"],
        "Local Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values",
        "ICLR Workshop", 2018, Locator::Arxiv("1810.03307");
    /// SmoothGrad-Squared.
    SMOOTHGRAD_SQUARED:
        ["Hooker, Sara", "Erhan, Dumitru", "Kindermans, Pieter-Jan", "Kim, Been"],
        "A Benchmark for Interpretability Methods in Deep Neural Networks",
        "NeurIPS", 2019, Locator::Arxiv("1806.10758");
    /// Integrated Gradients.
    INTEGRATED_GRADIENTS:
        ["Sundararajan, Mukund", "Taly, Ankur", "Yan, Qiqi"],
        "Axiomatic Attribution for Deep Networks",
        "ICML", 2017, Locator::Arxiv("1703.01365");
    /// Guided IG.
    GUIDED_IG:
        ["Kapishnikov, Andrei", "Venugopalan, Subhashini", "Avci, Besim", "Wedin, Ben", "Terry, Michael",
         "Bolukbasi, Tolga"],
        "Guided Integrated Gradients: an Adaptive Path Method for Removing Noise",
        "CVPR", 2021, Locator::Arxiv("2106.09788");
    /// Blur IG.
    BLUR_IG:
        ["Xu, Shawn", "Venugopalan, Subhashini", "Sundararajan, Mukund"],
        "Attribution in Scale and Space",
        "CVPR", 2020, Locator::Arxiv("2004.03383");
    /// IDGI.
    IDGI:
        ["Yang, Ruo", "Wang, Binghui", "Bilgic, Mustafa"],
        "IDGI: A Framework to Eliminate Explanation Noise from Integrated Gradients",
        "CVPR", 2023, Locator::Arxiv("2303.14242");
    /// Grad-CAM.
    GRAD_CAM:
        ["Selvaraju, Ramprasaath R.", "Cogswell, Michael", "Das, Abhishek", "Vedantam, Ramakrishna", "Parikh, Devi",
         "Batra, Dhruv"],
        "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
        "ICCV", 2017, Locator::Arxiv("1610.02391");
    /// The randomisation check, and why maps are compared with controls.
    SANITY_CHECKS:
        ["Adebayo, Julius", "Gilmer, Justin", "Muelly, Michael", "Goodfellow, Ian", "Hardt, Moritz", "Kim, Been"],
        "Sanity Checks for Saliency Maps",
        "NeurIPS", 2018, Locator::Arxiv("1810.03292");
    /// Deletion and insertion.
    RISE:
        ["Petsiuk, Vitali", "Das, Abir", "Saenko, Kate"],
        "RISE: Randomized Input Sampling for Explanation of Black-box Models",
        "BMVC", 2018, Locator::Arxiv("1806.07421");
    /// The pointing game.
    POINTING_GAME:
        ["Zhang, Jianming", "Lin, Zhe", "Brandt, Jonathan", "Shen, Xiaohui", "Sclaroff, Stan"],
        "Top-down Neural Attention by Excitation Backprop",
        "ECCV", 2016, Locator::Arxiv("1608.00507");
    /// The logarithm of the hyperbolic cosine of the Dice loss.
    LOG_COSH_DICE:
        ["Jadon, Shruti"],
        "A survey of loss functions for semantic segmentation",
        "IEEE CIBCB", 2020, Locator::Arxiv("2006.14822");
    /// Structural similarity of two maps.
    STRUCTURAL_SIMILARITY:
        ["Wang, Zhou", "Bovik, Alan C.", "Sheikh, Hamid R.", "Simoncelli, Eero P."],
        "Image quality assessment: from error visibility to structural similarity",
        "IEEE Transactions on Image Processing", 2004, Locator::Doi("10.1109/TIP.2003.819861");
    /// Gradients that pass a rounding as if it were not there.
    STRAIGHT_THROUGH:
        ["Bengio, Yoshua", "Léonard, Nicholas", "Courville, Aaron"],
        "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional Computation",
        PREPRINT, 2013, Locator::Arxiv("1308.3432");
    /// 3 x 3 convolutions by fewer products.
    MINIMAL_FILTERING:
        ["Lavin, Andrew", "Gray, Scott"],
        "Fast Algorithms for Convolutional Neural Networks",
        "CVPR", 2016, Locator::Arxiv("1509.09308");
    /// The counter-based random numbers of the noise.
    PHILOX:
        ["Salmon, John K.", "Moraes, Mark A.", "Dror, Ron O.", "Shaw, David E."],
        "Parallel random numbers: as easy as 1, 2, 3",
        "Supercomputing", 2011, Locator::Doi("10.1145/2063384.2063405");
    /// The inverse of the normal distribution function.
    NORMAL_QUANTILE:
        ["Wichura, Michael J."],
        "Algorithm AS 241: The Percentage Points of the Normal Distribution",
        "Applied Statistics", 1988, Locator::Doi("10.2307/2347330");
    /// The seeded random numbers of the study.
    SPLITMIX:
        ["Steele, Guy L.", "Lea, Doug", "Flood, Christine H."],
        "Fast splittable pseudorandom number generators",
        "OOPSLA", 2014, Locator::Doi("10.1145/2660193.2660195");
    /// Intervals of a mean by drawing anew.
    BOOTSTRAP:
        ["Efron, Bradley"],
        "Bootstrap Methods: Another Look at the Jackknife",
        "The Annals of Statistics", 1979, Locator::Doi("10.1214/aos/1176344552");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_shown_on_one_line() {
        assert_eq!(
            GUIDED_ABSOLUTE_GRAD.reference(),
            "Huang, Liu: Guided AbsoluteGrad: Magnitude of Gradients Matters to Explanation's Localization and \
             Saliency, Canadian Conference on Artificial Intelligence 2024, arXiv 2404.15564"
        );
        assert_eq!(
            SMOOTHGRAD.reference(),
            "Smilkov et al.: SmoothGrad: removing noise by adding noise, 2017, arXiv 1706.03825"
        );
        assert_eq!(POINTING_GAME.credit_and_year(), "Zhang et al. 2016");
        assert_eq!(IDGI.credit(), "Yang, Wang, Bilgic");
        assert!(
            BOOTSTRAP
                .reference()
                .ends_with("1979, doi 10.1214/aos/1176344552")
        );
    }

    #[test]
    fn citations_say_what_they_are_for() {
        let both = [
            GUIDED_ABSOLUTE_GRAD.cite(),
            LOG_COSH_DICE.cite_for("Log-cosh Dice"),
        ];
        let line = one_line(&both);
        assert!(line.starts_with("Huang, Liu: ") && line.contains("; Log-cosh Dice: Jadon: "));
        let german = both[1].said(|part| part.to_uppercase());
        assert_eq!(german.part(), "LOG-COSH DICE");
        assert_eq!(german.reference(), both[1].reference());
    }

    #[test]
    fn papers_are_listed_once_and_whole() {
        for (index, paper) in PAPERS.iter().enumerate() {
            let same =
                |other: &&Paper| other.title == paper.title || other.locator == paper.locator;
            assert_eq!(PAPERS.iter().filter(same).count(), 1, "{}", paper.title);
            assert!(
                !paper.title.is_empty() && !paper.venue.is_empty(),
                "{index}"
            );
            for author in paper.authors {
                assert!(author.contains(", "), "{author}");
            }
            match paper.locator {
                Locator::Arxiv(number) => {
                    let (month, rest) = number.split_once('.').unwrap();
                    // The first two digits are the year, and nothing is published before it is submitted.
                    let submitted = 2000 + month[..2].parse::<u16>().unwrap();
                    assert!(
                        month.len() == 4 && (4..=5).contains(&rest.len()),
                        "{number}"
                    );
                    assert!((submitted..submitted + 3).contains(&paper.year), "{number}");
                }
                Locator::Doi(doi) => assert!(doi.starts_with("10.") && doi.contains('/'), "{doi}"),
            }
        }
    }
}
