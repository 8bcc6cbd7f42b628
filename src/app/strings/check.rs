//! The words of the second opinion.

super::table! {
    check:

    title: "A second opinion" / "Eine zweite Meinung",
    hint: "tract, an independent program, reads the model's file itself and computes the same photo here. It is fetched when you ask for it."
        / "tract, ein unabhängiges Programm, liest die Modelldatei selbst und berechnet hier dasselbe Foto. Es wird geladen, wenn Sie es verlangen.",
    start: "Check this model" / "Dieses Modell prüfen",
    again: "Check again" / "Erneut prüfen",
    stop: "Stop" / "Anhalten",
    waits: "A photo that the model has seen comes first." / "Zuerst braucht es ein Foto, das das Modell gesehen hat.",
    asking: "The engine and tract are at work." / "Die Rechenmaschine und tract sind am Werk.",
    progress: "tract has computed {done} of {total} scores." / "tract hat {done} von {total} Werten berechnet.",

    same: "{program}, an independent program, gives the same answer: largest difference {difference}, {share} of the spread of the scores, and the same likeliest classes ({device})."
        / "{program}, ein unabhängiges Programm, kommt zur selben Antwort: größte Differenz {difference}, {share} der Spannweite der Werte, und dieselben wahrscheinlichsten Klassen ({device}).",
    other: "{program}, an independent program, gives another answer: largest difference {difference}, {share} of the spread of the scores, where {tolerance} may be ({device}). One of the two is wrong: please report the model."
        / "{program}, ein unabhängiges Programm, kommt zu einer anderen Antwort: größte Differenz {difference}, {share} der Spannweite der Werte, wo {tolerance} sein dürfen ({device}). Eines von beiden irrt: Bitte melden Sie das Modell.",
    other_order: "{program}, an independent program, gives other likeliest classes: {there} instead of {here} ({device}). One of the two is wrong: please report the model."
        / "{program}, ein unabhängiges Programm, kommt zu anderen wahrscheinlichsten Klassen: {there} statt {here} ({device}). Eines von beiden irrt: Bitte melden Sie das Modell.",
    gradient_same: "The gradient agrees with the differences of its scores along {count} random directions: off by {median} of the usual slope in the median and {largest} at most, where {expected} is expected of the differences themselves."
        / "Der Gradient stimmt mit den Differenzen ihrer Werte entlang {count} zufälliger Richtungen überein: im Median um {median} der üblichen Steigung daneben und höchstens um {largest}, wo {expected} von den Differenzen selbst zu erwarten ist.",
    gradient_other: "The gradient does not agree with the differences of its scores: along {outside} of {count} random directions it is off by more than {multiple} times what is expected, by {median} of the usual slope in the median. Do not trust the maps of this model, and please report it."
        / "Der Gradient stimmt nicht mit den Differenzen ihrer Werte überein: entlang {outside} von {count} zufälligen Richtungen liegt er um mehr als das {multiple}-Fache des zu Erwartenden daneben, im Median um {median} der üblichen Steigung. Trauen Sie den Karten dieses Modells nicht, und melden Sie es bitte.",
    gradient_open: "Whether the gradient agrees cannot be told: the differences of its scores are themselves off by {expected} of the usual slope."
        / "Ob der Gradient übereinstimmt, lässt sich nicht sagen: Die Differenzen ihrer Werte liegen selbst um {expected} der üblichen Steigung daneben.",
    quantised: "The gradient was not compared: the model is quantised, and its gradient passes each rounding as if nothing was rounded."
        / "Der Gradient wurde nicht verglichen: Das Modell ist quantisiert, und sein Gradient geht durch jede Rundung, als würde nicht gerundet.",
    coarse_input: "The gradient was not compared: the model takes numbers too coarse for small steps."
        / "Der Gradient wurde nicht verglichen: Das Modell nimmt Zahlen, die für kleine Schritte zu grob sind.",
    not_run: "{program} cannot run this model, so there is no second opinion: {reason}."
        / "{program} kann dieses Modell nicht ausführen, daher gibt es keine zweite Meinung: {reason}.",
    ended: "The check ended early, and nothing is known: {reason}" / "Die Prüfung endete vorzeitig, und nichts ist bekannt: {reason}",
}
