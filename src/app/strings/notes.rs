//! German for what the engine notes about a model or an image that it opened.

use super::{Language, failures::translated, language};

// As in `failures.rs`; what stands between the fixed parts is looked up here itself.
super::translations! {
    // A model's last layer.
    "The model ends in a {}: it is left out, and gradients are taken of the class score before it."
        => "Das Modell endet in {0}: Die Schicht wird weggelassen, und abgeleitet wird der Klassenwert davor.",
    "Sigmoid put out as p and 1 - p" => "Sigmoid, ausgegeben als p und 1 - p",
    "The model puts out values between 0 and 1 only, and no last layer that makes them of scores could be left out. They are taken as probabilities as they are, and gradients are those of the probability, which fade where it is close to 0 or 1."
        => "Das Modell gibt nur Werte zwischen 0 und 1 aus, und keine letzte Schicht, die sie aus Klassenwerten macht, ließ sich weglassen. Sie gelten als Wahrscheinlichkeiten, so wie sie sind; abgeleitet wird die Wahrscheinlichkeit, deren Gradient nahe 0 und 1 verschwindet.",
    "The model gives one number an image and does not say what it means. It is taken as the score of one of two classes; if it is a measurement, look at its gradient and not at probabilities."
        => "Das Modell gibt je Bild eine Zahl und sagt nicht, was sie bedeutet. Sie gilt als Wert einer von zwei Klassen; ist sie ein Messwert, so sehen Sie auf ihren Gradienten und nicht auf Wahrscheinlichkeiten.",
    "The model gives one score for two classes: class 0 is what the score speaks for, class 1 its opposite, with the negative score. Their probabilities are p and 1 - p. Keras numbers them the other way round: there the score speaks for the second name."
        => "Das Modell gibt einen Wert für zwei Klassen: Klasse 0 ist, wofür der Wert spricht, Klasse 1 das Gegenteil mit dem negativen Wert. Ihre Wahrscheinlichkeiten sind p und 1 - p. Keras zählt umgekehrt: Dort spricht der Wert für den zweiten Namen.",
    "The model gives one probability for two classes: class 0 is what it speaks for, class 1 its opposite. Their probabilities are p and 1 - p. Keras numbers them the other way round: there it speaks for the second name."
        => "Das Modell gibt eine Wahrscheinlichkeit für zwei Klassen: Klasse 0 ist, wofür sie spricht, Klasse 1 das Gegenteil. Ihre Wahrscheinlichkeiten sind p und 1 - p. Keras zählt umgekehrt: Dort spricht sie für den zweiten Namen.",
    // Its arithmetic.
    "The model computes with rounded numbers (it is quantised). Its scores are those of the rounded arithmetic; its gradients pass each rounding as if nothing was rounded (straight-through; Bengio, Léonard, Courville 2013, arXiv 1308.3432), and none where it saturates."
        => "Das Modell rechnet mit gerundeten Zahlen (es ist quantisiert). Seine Werte sind die der gerundeten Rechnung; seine Gradienten gehen durch jede Rundung, als wäre nichts gerundet (straight-through; Bengio, Léonard, Courville 2013, arXiv 1308.3432), und sind null, wo sie anschlägt.",
    "The weights were rounded to few bits (quantised). Gradients are those of the rounded weights."
        => "Die Gewichte wurden auf wenige Bit gerundet (quantisiert). Gradienten sind die der gerundeten Gewichte.",
    "The file uses operator set {}, and operators are read here as of {} to {}: compare the predictions with those of another program before trusting a map."
        => "Die Datei benutzt den Operatorensatz {0}; gelesen werden Operatoren hier nach {1} bis {2}: Vergleichen Sie die Vorhersagen mit denen eines anderen Programms, bevor Sie einer Karte trauen.",
    // Its inputs.
    "The input takes 8-bit pixels, which the graph turns into real numbers. Gradients are taken of those, and noisy copies are not rounded."
        => "Der Eingang nimmt 8-Bit-Pixel, aus denen der Graph reelle Zahlen macht. Abgeleitet wird nach diesen, und verrauschte Kopien werden nicht gerundet.",
    "The model also takes the input {}, of shape {}; it is held at {}."
        => "Das Modell nimmt auch den Eingang {0} der Form {1}; er wird gehalten auf: {2}.",
    "the values that were given" => "die angegebenen Werte",
    "0, which switches of training mean inference by" => "0, womit Schalter des Trainings die Anwendung meinen",
    "The file's own description of its preprocessing cannot be read ({})."
        => "Was die Datei selbst über ihre Vorverarbeitung sagt, ist nicht lesbar ({0}).",
    "Nothing in the file says how pixels are to be normalised. Check the preprocessing: a wrong one makes predictions and maps wrong without any error."
        => "Nichts in der Datei sagt, wie Pixel zu normieren sind. Prüfen Sie die Vorverarbeitung: Eine falsche macht Vorhersagen und Karten falsch, ohne dass ein Fehler gemeldet wird.",
    "The model takes {} channel; of a photo it gets {}. Choose otherwise if it was trained otherwise."
        => "Das Modell nimmt {0} Kanal; von einem Foto bekommt es {1}. Wählen Sie anders, wenn es anders trainiert wurde.",
    "The model takes {} channels; of a photo it gets {}. Choose otherwise if it was trained otherwise."
        => "Das Modell nimmt {0} Kanäle; von einem Foto bekommt es {1}. Wählen Sie anders, wenn es anders trainiert wurde.",
    "the first {} of {}" => "die ersten {0} von {1}",
    "{} and {} more held at {} of 255" => "{0} und {1} weitere, gehalten auf {2} von 255",
    "{} and {} more that repeat them" => "{0} und {1} weitere, die sie wiederholen",
    "grey (Rec. 601)" => "Grau (Rec. 601)",
    "grey (BT.709)" => "Grau (BT.709)",
    // Its outputs.
    "The model has {} outputs ({}); the class scores are taken from {}."
        => "Das Modell hat {0} Ausgänge ({1}); die Klassenwerte kommen aus {2}.",
    "The output {} holds maps from names to scores; the scores are taken from {}, the row that it is made from."
        => "Der Ausgang {0} ordnet Namen Werte zu; die Werte kommen aus {1}, der Zeile, aus der er gemacht ist.",
    "The output {} is rounded to whole numbers at the end; the scores are taken from {}, in front of that."
        => "Der Ausgang {0} wird am Ende auf ganze Zahlen gerundet; die Werte kommen aus {1}, davor.",
    "The output has shape {}: scores for {} x {} places, as of a segmentation. What is explained is {}; probabilities are made of that."
        => "Die Ausgabe hat die Form {0}: Werte für {1} x {2} Stellen, wie bei einer Segmentierung. Erklärt wird {3}; daraus werden Wahrscheinlichkeiten gemacht.",
    "their mean over all places" => "ihr Mittel über alle Stellen",
    "those of the place in the middle" => "die Werte der Stelle in der Mitte",
    "their mean over the rows from {} to {} and the columns from {} to {} of the whole"
        => "ihr Mittel über die Zeilen von {0} bis {1} und die Spalten von {2} bis {3} des Ganzen",
    "The list names {} classes, but the model has {}: {}, and the others may be wrong."
        => "Die Liste nennt {0} Klassen, das Modell hat aber {1}: {2}, und die anderen sind vielleicht falsch.",
    "the classes without a name are shown by number" => "Klassen ohne Namen werden mit ihrer Nummer gezeigt",
    "the names left over are not used" => "die übrigen Namen werden nicht benutzt",
    // Images.
    "The file is animated; only its first frame is used."
        => "Die Datei ist animiert; benutzt wird nur ihr erstes Bild.",
    "CMYK colours were converted to RGB without a colour profile."
        => "CMYK-Farben wurden ohne Farbprofil in RGB umgerechnet.",
    "Its 16-bit values were rounded to 8 bits." => "Seine 16-Bit-Werte wurden auf 8 Bit gerundet.",
    "The image is grey: red, green and blue are equal everywhere."
        => "Das Bild ist grau: Rot, Grün und Blau sind überall gleich.",
    "Transparent parts were laid on white." => "Durchsichtige Teile wurden auf Weiß gelegt.",
    "The photo was turned upright as its camera recorded it (EXIF orientation {})."
        => "Das Foto wurde aufrecht gedreht, wie seine Kamera es vermerkt hat (EXIF-Ausrichtung {0}).",
    "The file's colour profile ({}) is not applied, so colours may differ a little from other programs."
        => "Das Farbprofil der Datei ({0}) wird nicht angewandt; Farben können ein wenig anders sein als in anderen Programmen.",
}

/// A note about a model or an image in the language in use; as it is where it is not known.
pub fn say_open_note(note: &str) -> String {
    match language() {
        Language::English => note.to_owned(),
        Language::German => german_note(note).unwrap_or_else(|| note.to_owned()),
    }
}

/// What a note about a model or an image is in German.
pub fn german_note(english: &str) -> Option<String> {
    translated(GERMAN, english, |part| {
        german_note(part).unwrap_or_else(|| part.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_note_are_said_in_german_too() {
        let said = german_note(
            "The model takes 4 channels; of a photo it gets RGB and 1 more held at 255 of 255. Choose otherwise if \
             it was trained otherwise.",
        );
        assert_eq!(
            said.unwrap(),
            "Das Modell nimmt 4 Kanäle; von einem Foto bekommt es RGB und 1 weitere, gehalten auf 255 von 255. Wählen \
             Sie anders, wenn es anders trainiert wurde."
        );
        assert_eq!(german_note("Something new."), None);
    }

    #[test]
    fn every_part_is_said() {
        for (english, german) in GERMAN {
            for index in 0..english.matches("{}").count() {
                assert!(
                    german.contains(&format!("{{{index}}}")),
                    "{english}: {index}"
                );
            }
        }
    }
}
