//! German for what methods and measures say of themselves in English.

use super::{Language, language};
use crate::protocol::{
    Citation, MeasureDescription, MeasureOffer, MethodDescription, ParameterDescription,
};

super::translations! {
    // Methods.
    "Average magnitude of the gradient over noisy copies of the image: both signs count as evidence."
        => "Mittlerer Betrag des Gradienten über verrauschte Kopien des Bildes: Beide Vorzeichen zählen.",
    "The change from the blurred to the sharp image, shared out among the pixels along the blurs between them."
        => "Die Änderung vom unscharfen zum scharfen Bild, entlang der Unschärfen dazwischen auf die Pixel verteilt.",
    "Control: random" => "Kontrolle: Zufall",
    "Uniform random numbers." => "Gleichverteilte Zufallszahlen.",
    "Control: edges" => "Kontrolle: Kanten",
    "Edges of the image (Sobel), without looking at the model."
        => "Kanten des Bildes (Sobel), ohne das Modell anzusehen.",
    "Control: centered blob" => "Kontrolle: Fleck in der Mitte",
    "A smooth blob in the middle of the image." => "Ein weicher Fleck in der Bildmitte.",
    "Control: inverted" => "Kontrolle: umgekehrt",
    "Another method's map with high and low exchanged."
        => "Die Karte eines anderen Verfahrens mit vertauschtem Hoch und Tief.",
    "Control: misplaced" => "Kontrolle: verstellt",
    "Another method's map with pixels just below its top swapped for its lowest."
        => "Die Karte eines anderen Verfahrens, in der Pixel knapp unter der Spitze mit den niedrigsten vertauscht sind.",
    "Vanilla Gradient" => "Einfacher Gradient",
    "Magnitude of the class's gradient at the image itself."
        => "Betrag des Gradienten der Klasse am Bild selbst.",
    "Gradient x Input" => "Gradient × Eingabe",
    "The gradient times the image: a first-order share of the class's output."
        => "Der Gradient mal das Bild: der Anteil erster Ordnung an der Ausgabe der Klasse.",
    "Average magnitude of the gradient over noisy copies of the image, damped where the gradient varies little."
        => "Mittlerer Betrag des Gradienten über verrauschte Kopien des Bildes, gedämpft, wo der Gradient wenig schwankt.",
    "The gradient with one sign cut off at every ReLU on the way back. Where the model has no ReLU it is the vanilla gradient."
        => "Der Gradient, dem auf dem Rückweg an jeder ReLU ein Vorzeichen genommen wird. Ohne ReLU ist er der einfache Gradient.",
    "Integrated Gradients along a path that avoids regions of large gradients."
        => "Integrierte Gradienten entlang eines Weges, der Bereiche großer Gradienten meidet.",
    "A path method in which every step shares out exactly the change of the probability it made, by squared gradients."
        => "Ein Wegverfahren, bei dem jeder Schritt genau die Änderung der Wahrscheinlichkeit verteilt, die er bewirkt, nach quadrierten Gradienten.",
    "Integrated Gradients" => "Integrierte Gradienten",
    "The change from a baseline to the image, shared out among the pixels along the straight path between them."
        => "Die Änderung von einem Ausgangsbild zum Bild, entlang des geraden Weges dazwischen auf die Pixel verteilt.",
    "Average gradient over noisy copies of the image; opposite signs cancel."
        => "Mittlerer Gradient über verrauschte Kopien des Bildes; entgegengesetzte Vorzeichen heben sich auf.",
    "Average squared gradient over noisy copies of the image."
        => "Mittlerer quadrierter Gradient über verrauschte Kopien des Bildes.",
    "Variance of the gradient over noisy copies of the image."
        => "Varianz des Gradienten über verrauschte Kopien des Bildes.",
    "A control: which cells of the model's last feature grid speak for the class. Coarse, and not a gradient by pixels."
        => "Eine Kontrolle: welche Zellen des letzten Merkmalsgitters des Modells für die Klasse sprechen. Grob, und kein Gradient nach Pixeln.",
    "Layer" => "Schicht",
    "Name of the node or value that is looked at; left empty, the last that is a grid of rows and columns."
        => "Name des Knotens oder Wertes, der betrachtet wird; leer der letzte, der ein Gitter aus Zeilen und Spalten ist.",
    // What papers are cited for, where it is not a score's label.
    "Controls asked for in" => "Kontrollen gefordert in",
    "Misplaced maps" => "Verstellte Karten",
    "Protocol" => "Protokoll",
    "Deletion and insertion" => "Löschen und Einfügen",
    // What they cost.
    "1 gradient" => "1 Gradient",
    "no gradient" => "kein Gradient",
    "the other method's gradients" => "die Gradienten des anderen Verfahrens",
    "1 gradient a sample" => "1 Gradient je Stichprobe",
    "1 gradient a sample; the percentile costs nothing"
        => "1 Gradient je Stichprobe; das Perzentil kostet nichts",
    "1 gradient a step" => "1 Gradient je Schritt",
    "1 gradient a step, one at a time" => "1 Gradient je Schritt, einer nach dem anderen",
    "1 gradient a step, and one more on the guided and the blur path"
        => "1 Gradient je Schritt, und einer mehr auf dem geführten und dem unscharfen Weg",
    "steps x trials gradients" => "Schritte × Versuche Gradienten",
    // Parameters.
    "Blur radius" => "Unschärferadius",
    "Reach of the kernel, smaller than the image's sides."
        => "Reichweite des Kerns, kleiner als die Seiten des Bildes.",
    "Largest sigma" => "Größtes Sigma",
    "Standard deviation of the blur at the far end of the path."
        => "Standardabweichung der Unschärfe am fernen Ende des Weges.",
    "Steps" => "Schritte",
    "Points on the path. Each costs one gradient."
        => "Punkte auf dem Weg. Jeder kostet einen Gradienten.",
    "Points on the path. Each costs one gradient for each trial."
        => "Punkte auf dem Weg. Jeder kostet je Versuch einen Gradienten.",
    "Gradients along the path, one after the other."
        => "Gradienten entlang des Weges, einer nach dem anderen.",
    "Blur step" => "Unschärfeschritt",
    "Difference of sigma over which the change of the blurred image is measured."
        => "Unterschied von Sigma, über den die Änderung des unscharfen Bildes gemessen wird.",
    "Used by the guided processes: values that vary more keep weight 1."
        => "Von den geführten Prozessen benutzt: Werte, die stärker schwanken, behalten das Gewicht 1.",
    "Used by the guided process: values that vary more keep weight 1."
        => "Vom geführten Prozess benutzt: Werte, die stärker schwanken, behalten das Gewicht 1.",
    "Pixels whose gradient varies more than this share of all pixels keep their weight; the rest are damped. At 0 nothing is damped (AbsoluteGrad)."
        => "Pixel, deren Gradient stärker schwankt als dieser Anteil aller Pixel, behalten ihr Gewicht; der Rest wird gedämpft. Bei 0 wird nichts gedämpft (AbsoluteGrad).",
    "Left alone" => "Unberührt",
    "Share of the highest pixels that stay where they are."
        => "Anteil der höchsten Pixel, die bleiben, wo sie sind.",
    "Swapped" => "Vertauscht",
    "Share of the pixels below those that change places with the lowest."
        => "Anteil der Pixel darunter, die mit den niedrigsten den Platz tauschen.",
    "Of" => "Von",
    "The method whose map is changed; it runs with its default settings."
        => "Das Verfahren, dessen Karte verändert wird; es läuft mit seinen Standardeinstellungen.",
    "Rule" => "Regel",
    "What passes back through a rectifier: positive gradients (as published), negative ones, both (the vanilla gradient), or magnitudes."
        => "Was durch einen Gleichrichter zurückgeht: positive Gradienten (wie veröffentlicht), negative, beide (der einfache Gradient) oder Beträge.",
    "ReLU6 too" => "Auch ReLU6",
    "Whether clips to 0..6 count as rectifiers. The authors leave them alone."
        => "Ob Begrenzungen auf 0 bis 6 als Gleichrichter gelten. Die Autoren lassen sie unberührt.",
    "SiLU too" => "Auch SiLU",
    "Whether SiLU, Hardswish, GELU and Mish count as rectifiers: the gradient is cut to one sign behind their own slope. The authors leave them alone."
        => "Ob SiLU, Hardswish, GELU und Mish als Gleichrichter gelten: Der Gradient wird hinter ihrer eigenen Steigung auf ein Vorzeichen beschnitten. Die Autoren lassen sie unberührt.",
    "Fraction" => "Anteil",
    "Share of the values that move at once: those with the smallest gradients."
        => "Anteil der Werte, die sich zugleich bewegen: die mit den kleinsten Gradienten.",
    "Largest distance" => "Größter Abstand",
    "How far a value may be from where it would be on the straight path."
        => "Wie weit ein Wert von seinem Ort auf dem geraden Weg entfernt sein darf.",
    "Path" => "Weg",
    "Whose points are used." => "Wessen Punkte benutzt werden.",
    "Trials" => "Versuche",
    "Random baselines that are averaged; other baselines are used once."
        => "Zufällige Ausgangsbilder, über die gemittelt wird; andere werden einmal benutzt.",
    "Integration rule" => "Integrationsregel",
    "How the points are spaced and weighted: the authors average evenly spaced points with both ends."
        => "Wie die Punkte verteilt und gewichtet sind: Die Autoren mitteln gleichmäßig verteilte Punkte mit beiden Enden.",
    "Plain, or weighted by the variance of the squared gradients."
        => "Einfach, oder nach der Varianz der quadrierten Gradienten gewichtet.",
    "Samples" => "Stichproben",
    "Noisy copies of the image. Each costs one gradient; more give a calmer map."
        => "Verrauschte Kopien des Bildes. Jede kostet einen Gradienten; mehr geben eine ruhigere Karte.",
    "Noise spread" => "Rauschstärke",
    "Standard deviation of the noise, as a share of the image's range of values."
        => "Standardabweichung des Rauschens als Anteil am Wertebereich des Bildes.",
    "Seed" => "Startzahl",
    "Number the random draws follow from; the same seed gives the same map on every machine."
        => "Zahl, aus der aller Zufall folgt; dieselbe Startzahl gibt auf jedem Gerät dieselbe Karte.",
    "Percentile" => "Perzentil",
    "Damping" => "Dämpfung",
    "Weight of values below the percentile: their variance as published, which depends on the scale of the gradients, or their variance relative to the threshold, which does not."
        => "Gewicht der Werte unter dem Perzentil: ihre Varianz wie veröffentlicht, die von der Größe der Gradienten abhängt, oder ihre Varianz im Verhältnis zur Schwelle, die es nicht tut.",
    "Gradient process" => "Gradientenprozess",
    "What is kept of the gradients before they are summed: all, one sign, magnitudes; guided ones are weighted by their variance."
        => "Was von den Gradienten vor dem Summieren bleibt: alles, ein Vorzeichen, Beträge; geführte sind nach ihrer Varianz gewichtet.",
    "Objective" => "Zielgröße",
    "What is differentiated: the class's raw output, its cross-entropy loss (which grows as the class becomes less likely), or its probability."
        => "Was abgeleitet wird: die rohe Ausgabe der Klasse, ihr Kreuzentropieverlust (der wächst, je unwahrscheinlicher die Klasse wird) oder ihre Wahrscheinlichkeit.",
    "Baseline" => "Ausgangsbild",
    "Where the path starts: random numbers in the image's range, zero in the model's own units (its mean colour), the blurred image, or one colour."
        => "Wo der Weg beginnt: Zufallszahlen im Bereich des Bildes, Null in den Einheiten des Modells (seine mittlere Farbe), das unscharfe Bild oder eine Farbe.",
    "Baseline color" => "Farbe des Ausgangsbildes",
    "Used by the color baseline: red * 65536 + green * 256 + blue, each 0 to 255."
        => "Vom einfarbigen Ausgangsbild benutzt: Rot * 65536 + Grün * 256 + Blau, je 0 bis 255.",
    "Used by the blur baseline: reach of the kernel, smaller than the image's sides."
        => "Vom unscharfen Ausgangsbild benutzt: Reichweite des Kerns, kleiner als die Seiten des Bildes.",
    "Blur sigma" => "Unschärfe-Sigma",
    "Used by the blur baseline: standard deviation of the kernel."
        => "Vom unscharfen Ausgangsbild benutzt: Standardabweichung des Kerns.",
    // Measures and their costs.
    "Whether the model still sees the class in what the map calls important, and whether the map concentrates there."
        => "Ob das Modell die Klasse in dem noch sieht, was die Karte wichtig nennt, und ob die Karte sich dort sammelt.",
    "one forward pass a step, and one for the photo"
        => "ein Lauf des Modells je Schritt und einer für das Foto",
    "Deletion and insertion (authors)" => "Löschen und Einfügen (Autoren)",
    "How the probability falls as salient pixels are deleted and rises as they are inserted, at ten points."
        => "Wie die Wahrscheinlichkeit fällt, wenn wichtige Pixel gelöscht werden, und steigt, wenn sie eingefügt werden, an zehn Punkten.",
    "20 forward passes" => "20 Läufe des Modells",
    "Deletion and insertion (RISE)" => "Löschen und Einfügen (RISE)",
    "How the probability falls as salient pixels are deleted and rises as they are inserted, from none to all."
        => "Wie die Wahrscheinlichkeit fällt, wenn wichtige Pixel gelöscht werden, und steigt, wenn sie eingefügt werden, von keinem bis zu allen.",
    "two forward passes for each step from 0 to 100 %"
        => "zwei Läufe des Modells je Schritt von 0 bis 100 %",
    "Localisation" => "Lokalisierung",
    "How well the map agrees with a mask of where the object is."
        => "Wie gut die Karte mit einer Maske des Objekts übereinstimmt.",
    "no forward pass; needs a mask" => "kein Lauf des Modells; braucht eine Maske",
    "Noise level" => "Rauschen",
    "How noisy or concentrated the map is, whatever it explains."
        => "Wie verrauscht oder gesammelt die Karte ist, was immer sie erklärt.",
    "no forward pass" => "kein Lauf des Modells",
    "Parameter randomisation" => "Zufallsprüfung",
    "Whether the map changes when the model's weights are destroyed, from the output down."
        => "Ob sich die Karte ändert, wenn die Gewichte des Modells von der Ausgabe abwärts zerstört werden.",
    "the method's whole cost for each of at most 20 groups of layers"
        => "die ganzen Kosten des Verfahrens für jede von höchstens 20 Schichtgruppen",
    // Their parameters.
    "Groups" => "Gruppen",
    "How many groups of layers lose their weights one after the other."
        => "Wie viele Schichtgruppen nacheinander ihre Gewichte verlieren.",
    "Noise" => "Rauschen",
    "Whether every model sees the same noise, or its own as in the authors' code."
        => "Ob jedes Modell dasselbe Rauschen sieht oder ein eigenes wie im Code der Autoren.",
    "Chooses the new weights." => "Wählt die neuen Gewichte.",
    "Lower bound" => "Untergrenze",
    "Lowest rate at which pixels are recovered."
        => "Niedrigste Rate, bei der Pixel zurückgegeben werden.",
    "Interval" => "Abstand",
    "Distance between rates; smaller ones cost more forward passes."
        => "Abstand der Raten; kleinere kosten mehr Läufe des Modells.",
    "Deleted pixels become" => "Gelöschte Pixel werden",
    "The authors use the mean colour." => "Die Autoren nehmen die mittlere Farbe.",
    "RISE uses the mean colour." => "RISE nimmt die mittlere Farbe.",
    "Pixels appear on" => "Pixel erscheinen auf",
    "The authors blur the photo with a radius and a deviation of 16 pixels."
        => "Die Autoren machen das Foto mit Radius und Abweichung von 16 Pixeln unscharf.",
    "RISE blurs the photo with an 11 pixel kernel and a deviation of 5 pixels."
        => "RISE macht das Foto mit einem Kern von 11 Pixeln und einer Abweichung von 5 Pixeln unscharf.",
    "Chooses the noise, where the baseline is noise."
        => "Wählt das Rauschen, wo das Ausgangsbild Rauschen ist.",
    "Step" => "Schritt",
    "Share of pixels altered at a time; RISE takes one row, 0.45 % of 224 rows."
        => "Anteil der Pixel, die zugleich verändert werden; RISE nimmt eine Zeile, 0,45 % von 224 Zeilen.",
    // Scores.
    "Mean over steps of mass share times probability; the paper's score."
        => "Mittel über die Schritte von Massenanteil mal Wahrscheinlichkeit; das Maß des Artikels.",
    "RCAP, saliency x mass x logit" => "RCAP, Salienz × Masse × Logit",
    "RCAP, saliency x logit" => "RCAP, Salienz × Logit",
    "RCAP, saliency x mass x probability" => "RCAP, Salienz × Masse × Wahrscheinlichkeit",
    "RCAP, mass + probability" => "RCAP, Masse + Wahrscheinlichkeit",
    "Unpublished variant (\"Score: M1\" in the authors' results)."
        => "Unveröffentlichte Variante („Score: M1“ in den Ergebnissen der Autoren).",
    "Unpublished variant (\"Score: M2\" in the authors' results)."
        => "Unveröffentlichte Variante („Score: M2“ in den Ergebnissen der Autoren).",
    "Unpublished variant (\"Prob: M1\" in the authors' results)."
        => "Unveröffentlichte Variante („Prob: M1“ in den Ergebnissen der Autoren).",
    "Unpublished variant (\"Prob: M4\" in the authors' results)."
        => "Unveröffentlichte Variante („Prob: M4“ in den Ergebnissen der Autoren).",
    "Deletion AUC" => "Lösch-AUC",
    "Area under the curve of deleting salient pixels, x from 0.1 to 1."
        => "Fläche unter der Löschkurve, x von 0,1 bis 1.",
    "Insertion AUC" => "Einfüge-AUC",
    "Area under the curve of inserting salient pixels, x from 0.1 to 1."
        => "Fläche unter der Einfügekurve, x von 0,1 bis 1.",
    "Insertion - deletion" => "Einfügen − Löschen",
    "Insertion AUC less deletion AUC (\"Overall_AUC\" in the authors' results)."
        => "Einfüge-AUC minus Lösch-AUC („Overall_AUC“ in den Ergebnissen der Autoren).",
    "RISE deletion" => "RISE Löschen",
    "Area under the curve of deleting salient pixels, x from 0 to 1."
        => "Fläche unter der Löschkurve, x von 0 bis 1.",
    "RISE insertion" => "RISE Einfügen",
    "Area under the curve of inserting salient pixels, x from 0 to 1."
        => "Fläche unter der Einfügekurve, x von 0 bis 1.",
    "Mean absolute difference between map and mask."
        => "Mittlerer Betrag der Differenz von Karte und Maske.",
    "Root of the mean squared difference (the authors print it as \"MSE\")."
        => "Wurzel der mittleren quadrierten Differenz (bei den Autoren „MSE“).",
    "Root of MAE (authors' \"MAE\")" => "Wurzel der MAE („MAE“ der Autoren)",
    "Root of the mean absolute difference, which the paper's tables call MAE."
        => "Wurzel des mittleren Betrags der Differenz, in den Tabellen des Artikels MAE genannt.",
    "Logarithm of the hyperbolic cosine of one minus the soft Dice coefficient."
        => "Logarithmus des hyperbolischen Kosinus von eins minus dem weichen Dice-Koeffizienten.",
    "Pointing game" => "Zeigespiel",
    "Whether the largest value lies in the mask (Zhang et al. 2016)."
        => "Ob der größte Wert in der Maske liegt (Zhang et al. 2016).",
    "Centroid hit (authors' pointing game)" => "Schwerpunkttreffer (Zeigespiel der Autoren)",
    "Whether the centroid of the top 30 % of pixels lies in the mask."
        => "Ob der Schwerpunkt der obersten 30 % der Pixel in der Maske liegt.",
    "Mass inside" => "Masse innen",
    "Share of the map's mass that lies in the mask."
        => "Anteil der Masse der Karte, der in der Maske liegt.",
    "Best IoU" => "Beste IoU",
    "Intersection over union of map and mask at the threshold where it is largest."
        => "Schnitt durch Vereinigung von Karte und Maske an der Schwelle, wo sie am größten ist.",
    "Threshold of best IoU" => "Schwelle der besten IoU",
    "Map value at which the intersection over union is largest."
        => "Kartenwert, bei dem Schnitt durch Vereinigung am größten ist.",
    "Mass in top 1 %" => "Masse in obersten 1 %",
    "Mass in top 5 %" => "Masse in obersten 5 %",
    "Mass in top 10 %" => "Masse in obersten 10 %",
    "Share of the map's mass in its most salient 1 % of pixels."
        => "Anteil der Masse in den wichtigsten 1 % der Pixel.",
    "Share of the map's mass in its most salient 5 % of pixels."
        => "Anteil der Masse in den wichtigsten 5 % der Pixel.",
    "Share of the map's mass in its most salient 10 % of pixels."
        => "Anteil der Masse in den wichtigsten 10 % der Pixel.",
    "Randomisation |Spearman|" => "Zufallsprüfung |Spearman|",
    "Mean over steps of the absolute rank correlation with the original map."
        => "Mittel über die Schritte des Betrags der Rangkorrelation mit der ursprünglichen Karte.",
    "Randomisation Spearman" => "Zufallsprüfung Spearman",
    "Mean over steps of the rank correlation; shows the sign flips that |Spearman| hides."
        => "Mittel über die Schritte der Rangkorrelation; zeigt die Vorzeichenwechsel, die |Spearman| verbirgt.",
    "Randomisation SSIM" => "Zufallsprüfung SSIM",
    "Mean over steps of the structural similarity with the original map."
        => "Mittel über die Schritte der strukturellen Ähnlichkeit mit der ursprünglichen Karte.",
    "Entropy" => "Entropie",
    "Shannon entropy in bits of the map's 256-bin histogram."
        => "Shannon-Entropie des Histogramms der Karte mit 256 Klassen, in Bit.",
    "Total variation" => "Totalvariation",
    "Mean absolute difference between neighbouring pixels."
        => "Mittlerer Betrag der Differenz benachbarter Pixel.",
}

/// Names that are the same in every language.
const NAMES: &[&str] = &[
    "AbsoluteGrad",
    "Blur IG",
    "Guided AbsoluteGrad",
    "Guided Backprop",
    "Grad-CAM",
    "Guided IG",
    "IDGI",
    "Log-cosh Dice",
    "MAE",
    "RCAP",
    "RMSE",
    "SmoothGrad",
    "SmoothGrad-Squared",
    "VarGrad",
];

/// Whether a sentence of a description can be said in every language of the page.
pub fn is_translated(english: &str) -> bool {
    english.is_empty()
        || NAMES.contains(&english)
        || GERMAN.iter().any(|(known, _)| *known == english)
}

/// A sentence of a description in the language in use; as it is where it is not known.
fn say(english: &str) -> String {
    let german = match language() {
        Language::English => None,
        Language::German => GERMAN.iter().find(|(known, _)| *known == english),
    };
    german.map_or(english, |(_, german)| german).to_owned()
}

fn parameters(parameters: &[ParameterDescription]) -> Vec<ParameterDescription> {
    parameters
        .iter()
        .map(|parameter| ParameterDescription {
            label: say(&parameter.label),
            meaning: say(&parameter.meaning),
            ..parameter.clone()
        })
        .collect()
}

/// References stay as they were published.
fn citations(citations: &[Citation]) -> Vec<Citation> {
    citations
        .iter()
        .map(|citation| citation.said(say))
        .collect()
}

/// Methods as they describe themselves in the language in use.
pub fn say_methods(methods: &[MethodDescription]) -> Vec<MethodDescription> {
    methods
        .iter()
        .map(|method| MethodDescription {
            label: say(&method.label),
            summary: say(&method.summary),
            citations: citations(&method.citations),
            cost: say(&method.cost),
            parameters: parameters(&method.parameters),
            ..method.clone()
        })
        .collect()
}

/// Measures as they describe themselves in the language in use.
pub fn say_measures(measures: &[MeasureOffer]) -> Vec<MeasureOffer> {
    measures
        .iter()
        .map(|offer| {
            let known = &offer.description;
            let mut scores = known.scores.clone();
            for score in &mut scores {
                score.label = say(&score.label);
                score.summary = say(&score.summary);
            }
            MeasureOffer {
                description: MeasureDescription {
                    label: say(&known.label),
                    summary: say(&known.summary),
                    citations: citations(&known.citations),
                    cost: say(&known.cost),
                    parameters: parameters(&known.parameters),
                    scores,
                    ..known.clone()
                },
                ..offer.clone()
            }
        })
        .collect()
}
