//! The words of the lesson: its steps with a sentence and a formula each, and the exercise.

super::table! {
    lesson:

    open: "How this map is made" / "Wie diese Karte entsteht",
    open_hint: "Guided AbsoluteGrad on this photo, step by step" / "Guided AbsoluteGrad an diesem Foto, Schritt für Schritt",
    title: "Guided AbsoluteGrad, step by step" / "Guided AbsoluteGrad, Schritt für Schritt",
    steps: "Steps" / "Schritte",
    step_of: "Step {step} of {steps}: {name}" / "Schritt {step} von {steps}: {name}",
    before: "Previous" / "Zurück",
    next: "Next" / "Weiter",
    play: "Play" / "Abspielen",
    pause: "Pause" / "Pause",
    close: "Close" / "Schließen",
    copy: "Copy link to this step" / "Link zu diesem Schritt kopieren",
    keys: "Arrow keys or a presenter's buttons change the step, Escape closes."
        / "Pfeiltasten oder ein Presenter wechseln den Schritt, Escape schließt.",

    waits: "Waiting for a photo and for the model." / "Warten auf ein Foto und auf das Modell.",
    computing: "The pictures of this step are being computed." / "Die Bilder dieses Schritts werden berechnet.",
    stopped: "Stopped before the pictures of this step were there." / "Angehalten, bevor die Bilder dieses Schritts da waren.",
    stop: "Stop" / "Anhalten",
    go_on: "Go on" / "Weiterrechnen",

    photo: "The photo" / "Das Foto",
    photo_says: "This is all that the model sees, {width} × {height} pixels: for them its answer “{class}” has {percent}."
        / "Mehr sieht das Modell nicht, {width} × {height} Pixel: Für sie hat seine Antwort „{class}“ {percent}.",
    photo_formula: "x = photo,  S(x) = {objective} of the class" / "x = Foto,  S(x) = {objective} der Klasse",
    objective_logit: "raw output" / "Rohausgabe",
    objective_loss: "loss" / "Verlust",
    objective_probability: "probability" / "Wahrscheinlichkeit",
    photo_alt: "The photo as the model sees it" / "Das Foto, wie das Modell es sieht",

    copies: "Noisy copies" / "Verrauschte Kopien",
    copies_says: "The photo is copied {samples} times, each time with other random noise; these are the first {shown}."
        / "Das Foto wird {samples}-mal kopiert, jedes Mal mit anderem Zufallsrauschen; das sind die ersten {shown}.",
    copies_formula: "xₖ = x + σ·εₖ,  εₖ ~ N(0, 1),  σ = {spread} · (max x − min x)" / "xₖ = x + σ·εₖ,  εₖ ~ N(0, 1),  σ = {spread} · (max x − min x)",
    copy_name: "Copy {number}" / "Kopie {number}",

    gradients: "Gradients" / "Gradienten",
    gradients_says: "The gradient says how S would change with each pixel: a brighter one raises S where it is orange, lowers S where it is blue."
        / "Der Gradient sagt, wie sich S mit jedem Pixel ändern würde: Ein helleres hebt S, wo er orange ist, und senkt S, wo er blau ist.",
    gradients_formula: "gₖ = ∂S/∂x at xₖ,  shown summed over the three colours" / "gₖ = ∂S/∂x bei xₖ,  gezeigt als Summe der drei Farben",
    gradient_name: "Gradient {number}" / "Gradient {number}",

    magnitudes: "Magnitudes" / "Beträge",
    magnitudes_says: "Up or down, both are evidence: without signs, the mean over all {samples} copies is AbsoluteGrad."
        / "Ob hinauf oder hinab, beides zählt: Ohne Vorzeichen ist das Mittel über alle {samples} Kopien AbsoluteGrad.",
    magnitudes_formula: "m = 1/n · Σₖ |gₖ|,  n = {samples}" / "m = 1/n · Σₖ |gₖ|,  n = {samples}",
    magnitude_name: "Magnitude {number}" / "Betrag {number}",
    mean_name: "Mean of all {samples}" / "Mittel aller {samples}",

    variance: "Variance" / "Varianz",
    variance_says: "Where the gradient differs most from copy to copy, its variance is high."
        / "Wo sich der Gradient von Kopie zu Kopie am stärksten unterscheidet, ist seine Varianz hoch.",
    variance_formula: "v = 1/(n − 1) · Σₖ (gₖ − mean g)²" / "v = 1/(n − 1) · Σₖ (gₖ − Mittel g)²",
    variance_name: "Variance over all {samples}" / "Varianz aller {samples}",

    guide: "The guide" / "Die Führung",
    guide_says: "What varies more than {percentile} % of all pixels keeps its weight; the rest is damped by its small variance."
        / "Was stärker schwankt als {percentile} % aller Pixel, behält sein Gewicht; der Rest wird durch seine kleine Varianz gedämpft.",
    guide_formula: "w = 1 where v > t,  else w = v" / "w = 1, wo v > t,  sonst w = v",
    guide_formula_relative: "w = 1 where v > t,  else w = v/t" / "w = 1, wo v > t,  sonst w = v/t",
    guide_thresholds: "t = percentile {percentile} of v, one a colour: {thresholds}" / "t = Perzentil {percentile} von v, eines je Farbe: {thresholds}",
    guide_open: "At 0 % nothing is damped: w = 1" / "Bei 0 % wird nichts gedämpft: w = 1",
    above_name: "Colours above t, 0 to 3" / "Farben über t, 0 bis 3",
    weight_name: "Weight, dark is damped" / "Gewicht, dunkel ist gedämpft",

    map: "The map" / "Die Karte",
    map_says: "Mean magnitude times guide is the map: the pixels on which “{class}” rests."
        / "Mittlerer Betrag mal Führung ist die Karte: die Pixel, auf denen „{class}“ beruht.",
    map_formula: "map = Σ w · m over the colours,  scaled to 0 … 1" / "Karte = Σ w · m über die Farben,  auf 0 … 1 gebracht",
    map_name: "The map" / "Die Karte",
    overlay_name: "Over the photo" / "Über dem Foto",

    recovered: "Recover and predict" / "Zurückgeben und fragen",
    recovered_says: "To test the map, the model gets the photo back, the brightest pixels of the map first, the rest black."
        / "Um die Karte zu prüfen, bekommt das Modell das Foto zurück, die hellsten Pixel der Karte zuerst, der Rest ist schwarz.",
    recovered_formula: "x_q = x where map > q,  else black" / "x_q = x, wo Karte > q,  sonst schwarz",

    curve: "The RCAP curve" / "Die RCAP-Kurve",
    curve_says: "A good map holds its brightness where the model finds “{class}” again: RCAP is {score} of 1."
        / "Eine gute Karte hat ihre Helligkeit dort, wo das Modell „{class}“ wiederfindet: RCAP ist {score} von 1.",
    curve_formula: "RCAP = mean over q of (share of the map's brightness above q) · P(class | x_q)"
        / "RCAP = Mittel über q von (Anteil der Helligkeit der Karte über q) · P(Klasse | x_q)",

    exercise: "Spot the broken map" / "Welche Karte ist echt?",
    exercise_says: "One of these maps explains “{class}”, the other two are broken on purpose: which one is real?"
        / "Eine dieser Karten erklärt „{class}“, die anderen zwei sind absichtlich kaputt: Welche ist echt?",
    candidate_name: "Map {place}" / "Karte {place}",
    pick: "Map {place} is real" / "Karte {place} ist echt",
    right: "Right: map {place} is the real one." / "Richtig: Karte {place} ist die echte.",
    wrong: "No: map {place} is the real one." / "Nein: Karte {place} ist die echte.",
    real: "The real map: it gives the pixels first in which the model finds the class." / "Die echte Karte: Sie gibt zuerst die Pixel, in denen das Modell die Klasse findet.",
    reversed: "The real map reversed: bright and dark are exchanged, so the least important pixels come first."
        / "Die echte Karte, umgekehrt: Hell und Dunkel sind vertauscht, sodass die unwichtigsten Pixel zuerst kommen.",
    random: "Random numbers: they know neither the photo nor the model." / "Zufallszahlen: Sie kennen weder Foto noch Modell.",
    score: "RCAP {score}" / "RCAP {score}",
    beaten: "A broken map scores at least as high here: the score of a single photo proves little."
        / "Hier erreicht eine kaputte Karte mindestens so viel: Das Ergebnis eines einzigen Fotos beweist wenig.",
    shuffle: "Shuffle again" / "Neu mischen",
}
