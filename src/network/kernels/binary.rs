//! Functions of two numbers, and the slopes their gradients are made of.

/// What is done to two values side by side. Comparisons and logic give 0 or 1; everything but 0 is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryFunction {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`.
    Divide,
    /// `a^b`.
    Power,
    /// The smaller one.
    Minimum,
    /// The larger one.
    Maximum,
    /// What is left of `a` after dividing by `b`, with the sign of `b`.
    FloorRemainder,
    /// What is left of `a` after dividing by `b`, with the sign of `a`.
    TruncateRemainder,
    /// `a == b`.
    Equal,
    /// `a < b`.
    Less,
    /// `a <= b`.
    LessOrEqual,
    /// `a > b`.
    Greater,
    /// `a >= b`.
    GreaterOrEqual,
    /// Both.
    And,
    /// At least one.
    Or,
    /// Exactly one.
    Xor,
    /// `a` where `b` is true, else 0.
    Keep,
    /// `a` where `b` is false, else 0.
    Drop,
    /// `a` where positive, else `a * b`.
    ParametricRelu,
    /// Slope of [`Self::ParametricRelu`] by `a`.
    ParametricReluSlope,
    /// Slope of [`Self::Divide`] by `b`.
    DivideSlope,
    /// Slope of [`Self::Power`] by `a`.
    PowerSlope,
    /// Slope of [`Self::Power`] by `b`; 0 where `a` is not positive.
    ExponentSlope,
    /// Slope of [`Self::FloorRemainder`] by `b`.
    FloorRemainderSlope,
    /// Slope of [`Self::TruncateRemainder`] by `b`.
    TruncateRemainderSlope,
}

impl BinaryFunction {
    /// In double precision: for numbers on the host, and for devices to be tested against.
    pub fn value(self, a: f64, b: f64) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Power => a.powf(b),
            Self::Minimum => {
                if b < a || b.is_nan() {
                    b
                } else {
                    a
                }
            }
            Self::Maximum => {
                if b > a || b.is_nan() {
                    b
                } else {
                    a
                }
            }
            Self::FloorRemainder => a - b * (a / b).floor(),
            Self::TruncateRemainder => a % b,
            Self::Equal => truth(a == b),
            Self::Less => truth(a < b),
            Self::LessOrEqual => truth(a <= b),
            Self::Greater => truth(a > b),
            Self::GreaterOrEqual => truth(a >= b),
            Self::And => truth(a != 0.0 && b != 0.0),
            Self::Or => truth(a != 0.0 || b != 0.0),
            Self::Xor => truth((a != 0.0) != (b != 0.0)),
            Self::Keep if b == 0.0 => 0.0,
            Self::Drop if b != 0.0 => 0.0,
            Self::Keep | Self::Drop => a,
            Self::ParametricRelu if a > 0.0 => a,
            Self::ParametricRelu => a * b,
            Self::ParametricReluSlope if a > 0.0 => 1.0,
            Self::ParametricReluSlope => b,
            Self::DivideSlope => -a / (b * b),
            Self::PowerSlope => b * a.powf(b - 1.0),
            Self::ExponentSlope if a > 0.0 => a.powf(b) * a.ln(),
            Self::ExponentSlope => 0.0,
            Self::FloorRemainderSlope => -(a / b).floor(),
            Self::TruncateRemainderSlope => -(a / b).trunc(),
        }
    }

    /// Whether its results are truth values.
    pub fn is_predicate(self) -> bool {
        matches!(
            self,
            Self::Equal
                | Self::Less
                | Self::LessOrEqual
                | Self::Greater
                | Self::GreaterOrEqual
                | Self::And
                | Self::Or
                | Self::Xor
        )
    }
}
