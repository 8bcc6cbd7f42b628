//! German for what the engine says when something goes wrong.
//!
//! The engine speaks English everywhere, on the page as in a terminal. Its sentences are known here by
//! their fixed parts; what stands between them, names and numbers and reasons from deeper down, is kept.

use super::{Language, language};
use crate::protocol::Failure;

// In English `{}` stands for each part that varies, in German `{0}` for the first such part. Of several sentences
// that fit the first is taken.
super::translations! {
    // Images.
    "The image file is empty (0 bytes)." => "Die Bilddatei ist leer (0 Byte).",
    "This is {}, which is not read here." => "Diese Datei ({0}) wird hier nicht gelesen.",
    "This is not an image: its {} bytes look like text, beginning {}."
        => "Das ist kein Bild: Seine {0} Byte sehen nach Text aus und beginnen mit {1}.",
    "This is not an image that is known here: its {} bytes begin with {}."
        => "Das ist kein hier bekanntes Bildformat: Die {0} Byte beginnen mit {1}.",
    "The image is {} x {} pixels ({} megapixels), but at most {} megapixels can be read."
        => "Das Bild hat {0} x {1} Pixel ({2} Megapixel), gelesen werden höchstens {3} Megapixel.",
    "The image is {} x {} pixels, but at least {} x {} are needed: in fewer there is nothing to explain."
        => "Das Bild hat {0} x {1} Pixel, nötig sind mindestens {2} x {3}: In weniger gibt es nichts zu erklären.",
    "The {} file is truncated: it has {} bytes and ends before the image does."
        => "Die {0}-Datei ist abgeschnitten: Sie hat {1} Byte und endet vor dem Bild.",
    "The {} file is damaged and cannot be decoded ({})."
        => "Die {0}-Datei ist beschädigt und kann nicht entschlüsselt werden ({1}).",
    "The {} file uses a variant of the format that is not read here ({})."
        => "Die {0}-Datei benutzt eine Spielart des Formats, die hier nicht gelesen wird ({1}).",
    "The model's preprocessing cannot be carried out: {}."
        => "Die Vorverarbeitung des Modells kann nicht ausgeführt werden: {0}.",
    "A picture of {} x {} pixels needs {} bytes, but has {}."
        => "Ein Bild von {0} x {1} Pixeln braucht {2} Byte, hat aber {3}.",
    "The picture could not be written as PNG ({})." => "Das Bild konnte nicht als PNG geschrieben werden ({0}).",
    "No image is open yet, so there is nothing to explain."
        => "Es ist noch kein Bild geöffnet, also gibt es nichts zu erklären.",
    // Models.
    "The model file is empty." => "Die Modelldatei ist leer.",
    "This is not an ONNX file: {}." => "Das ist keine ONNX-Datei: {0}.",
    "The model file is damaged: {}." => "Die Modelldatei ist beschädigt: {0}.",
    "This is not an ONNX model, but {}." => "Das ist kein ONNX-Modell, sondern: {0}.",
    "No model can be taken out of this archive: {}." => "Aus diesem Archiv lässt sich kein Modell nehmen: {0}.",
    "The model keeps weights in further files, which are not beside it: {}."
        => "Das Modell hat Gewichte in weiteren Dateien, die nicht dabei sind: {0}.",
    "The weight {} is said to be in the file {}, which is no place beside the model."
        => "Das Gewicht {0} soll in der Datei {1} liegen; das ist kein Ort neben dem Modell.",
    "The weight {} should be in {} from byte {} on, {} bytes long, but that file has {} bytes: it belongs to another model or is cut short."
        => "Das Gewicht {0} sollte in {1} ab Byte {2} liegen und {3} Byte lang sein, aber die Datei hat {4} Byte: Sie gehört zu einem anderen Modell oder ist abgeschnitten.",
    "The input {} ({}) of shape {} needs a value, such as the numbers of the words of a text, and 0 would mean nothing there."
        => "Der Eingang {0} ({1}) der Form {2} braucht einen Wert, etwa die Nummern der Wörter eines Textes; 0 bedeutete dort nichts.",
    "The value for the input {} cannot be used: {}." => "Der Wert für den Eingang {0} ist nicht brauchbar: {1}.",
    "Probabilities by {} cannot be computed: {}." => "Wahrscheinlichkeiten nach {0} lassen sich nicht berechnen: {1}.",
    "The model takes images of {} channels, but this one has {}."
        => "Das Modell nimmt Bilder mit {0} Kanälen, dieses hat {1}.",
    "The weight {} is stored outside the model file, in {}."
        => "Das Gewicht {0} liegt außerhalb der Modelldatei, in {1}.",
    "The weight {} of shape {} should hold {}, but holds {} bytes."
        => "Das Gewicht {0} der Form {1} sollte {2} enthalten, enthält aber {3} Byte.",
    "The model file could not be read: {}." => "Die Modelldatei konnte nicht gelesen werden: {0}.",
    "The {} number {}, and more than {} are not supported."
        => "Zu viele „{0}“: {1}; mehr als {2} werden nicht unterstützt.",
    "The weight {} has element type {}, which is not supported."
        => "Das Gewicht {0} hat den Elementtyp {1}, der nicht unterstützt wird.",
    "The graph is inconsistent: {}." => "Der Graph ist in sich nicht stimmig: {0}.",
    "The model has {} inputs ({}), but exactly one image input is needed."
        => "Das Modell hat {0} Eingänge ({1}), nötig ist genau ein Bildeingang.",
    "The model has {} outputs ({}), but exactly one is needed."
        => "Das Modell hat {0} Ausgänge ({1}), nötig ist genau einer.",
    "The model has no input called {}; it has {}."
        => "Das Modell hat keinen Eingang namens {0}; es hat {1}.",
    "The model has no output called {}; it has {}."
        => "Das Modell hat keinen Ausgang namens {0}; es hat {1}.",
    "The model has no {} called {}; it has {}." => "Das Modell hat kein(en) {0} namens {1}; es hat {2}.",
    "The model has no input that can take an image ({})."
        => "Das Modell hat keinen Eingang, der ein Bild aufnehmen kann ({0}).",
    "The model needs {} inputs ({}), but only one can take the image."
        => "Das Modell braucht {0} Eingänge ({1}), aber nur einer kann das Bild aufnehmen.",
    "The Softmax at the end of the model ({}) does not run over its classes: {}."
        => "Der Softmax am Ende des Modells ({0}) läuft nicht über seine Klassen: {1}.",
    "The file holds no weights for some layers, but takes them as inputs ({})."
        => "Die Datei enthält für manche Schichten keine Gewichte, sondern nimmt sie als Eingänge ({0}).",
    "Export the model with its weights (export_params=True)."
        => "Exportieren Sie das Modell mit seinen Gewichten (export_params=True).",
    "The gradient of class {} is not finite at this image: something on the way has no slope there, such as a root at 0, or its numbers overflow."
        => "Der Gradient der Klasse {0} ist bei diesem Bild nicht endlich: Etwas auf dem Weg hat dort keine Steigung, etwa eine Wurzel bei 0, oder seine Zahlen laufen über.",
    "Choose another image or class, or a method that looks at noisy copies of the image."
        => "Wählen Sie ein anderes Bild, eine andere Klasse oder ein Verfahren, das verrauschte Kopien des Bildes ansieht.",
    "Export the model in single or half precision, or with weights of 4 or 8 bit whole numbers, which are read."
        => "Exportieren Sie das Modell in einfacher oder halber Genauigkeit, oder mit Gewichten aus ganzen Zahlen von 4 oder 8 Bit, die gelesen werden.",
    "The Softmax at the end of the model runs over axis {} of its output of shape {}, whose classes are in axis {}: what it puts out are no probabilities of classes."
        => "Der Softmax am Ende des Modells läuft über Achse {0} seiner Ausgabe der Form {1}, deren Klassen in Achse {2} liegen: Was er ausgibt, sind keine Wahrscheinlichkeiten von Klassen.",
    "Mend that axis and export the model again, or choose the scores in front of the Softmax as the output (on the command line --output NAME)."
        => "Berichtigen Sie die Achse und exportieren Sie das Modell neu, oder wählen Sie die Werte vor dem Softmax als Ausgang (auf der Kommandozeile --output NAME).",
    "The model has no output that holds class scores ({})."
        => "Das Modell hat keinen Ausgang mit Klassenwerten ({0}).",
    "The output {} does not depend on the image input {}."
        => "Der Ausgang {0} hängt nicht vom Bildeingang {1} ab.",
    "No gradient can get from the output {} to the image: it ends at {}."
        => "Kein Gradient gelangt vom Ausgang {0} zum Bild: Er endet bei {1}.",
    "{} of the model's nodes cannot be differentiated: {}."
        => "{0} Knoten des Modells lassen sich nicht ableiten: {1}.",
    "{} was not opened: it needs at least {} of memory, but only {} can be used here."
        => "{0} wurde nicht geöffnet: Es braucht mindestens {1} Speicher, aber nur {2} stehen zur Verfügung.",
    "{} cannot be explained at this size: one gradient needs up to {} of memory, but only {} can be used here."
        => "{0} kann in dieser Größe nicht erklärt werden: Ein Gradient braucht bis zu {1} Speicher, aber nur {2} stehen zur Verfügung.",
    "The model {} could not be fetched: {}." => "Das Modell {0} konnte nicht geholt werden: {1}.",
    "No model is open yet, so the image cannot be classified."
        => "Es ist noch kein Modell geöffnet, also kann das Bild nicht klassifiziert werden.",
    // Computing.
    "Class {} was asked for, but the model has {} classes (0 to {})."
        => "Gefragt war Klasse {0}, aber das Modell hat {1} Klassen (0 bis {2}).",
    "Node {} ({}, opset {}): {}." => "Knoten {0} ({1}, Opset {2}): {3}.",
    "The model takes images of {}, but this one is {}."
        => "Das Modell nimmt Bilder der Größe {0}, dieses hat {1}.",
    "The model's output has shape {}, but one row of class scores per image is needed."
        => "Die Ausgabe des Modells hat die Form {0}, nötig ist eine Zeile Klassenwerte je Bild.",
    "The model has no spatial activation in front of its class scores (what it computes there is not laid out in rows and columns)."
        => "Das Modell hat vor seinen Klassenwerten keine räumliche Aktivierung (was es dort berechnet, liegt nicht in Zeilen und Spalten).",
    "The model has no spatial activation called {}; the last ones are {}."
        => "Das Modell hat keine räumliche Aktivierung namens {0}; die letzten sind {1}.",
    "The device failed: {}." => "Das Gerät ist ausgefallen: {0}.",
    "No device computes a known gradient correctly, so nothing can be explained."
        => "Kein Gerät berechnet einen bekannten Gradienten richtig, also lässt sich nichts erklären.",
    "The model's output for class {} is not finite: its weights {} hold numbers that are not."
        => "Die Ausgabe des Modells für Klasse {0} ist nicht endlich: Seine Gewichte {1} enthalten Zahlen, die es nicht sind.",
    "The model's output for class {} is not finite: the first values that are not come out of node {} ({})."
        => "Die Ausgabe des Modells für Klasse {0} ist nicht endlich: Die ersten Werte, die es nicht sind, kommen aus Knoten {1} ({2}).",
    "The model's output for class {} is not finite." => "Die Ausgabe des Modells für Klasse {0} ist nicht endlich.",
    "Export the model in single precision (float32), or check its weights and its preprocessing."
        => "Exportieren Sie das Modell in einfacher Genauigkeit (float32), oder prüfen Sie Gewichte und Vorverarbeitung.",
    // Maps that are constant.
    "The map has the same value everywhere, so that no pixel comes before another and RCAP says nothing."
        => "Die Karte hat überall denselben Wert: Kein Pixel kommt vor einem anderen, und RCAP sagt nichts.",
    "Choose another class, another image or another method."
        => "Wählen Sie eine andere Klasse, ein anderes Bild oder ein anderes Verfahren.",
    "The score of this class is the same for this image, for its negative and for black: the model's output does not depend on the image here, so there is nothing to explain."
        => "Der Wert dieser Klasse ist für dieses Bild, sein Negativ und Schwarz derselbe: Die Ausgabe des Modells hängt hier nicht vom Bild ab, also gibt es nichts zu erklären.",
    "The score of this class has reached its bound, where its gradient vanishes: the map is empty. Export the model up to the scores before its last activation, or choose another class."
        => "Der Wert dieser Klasse liegt an seiner Grenze, wo sein Gradient verschwindet: Die Karte ist leer. Exportieren Sie das Modell bis zu den Werten vor seiner letzten Aktivierung, oder wählen Sie eine andere Klasse.",
    "The gradient of this class is zero at every pixel, so that the map is empty: no small change of this image changes the score, as where every rectifier on the way is off. Choose another class or another image."
        => "Der Gradient dieser Klasse ist an jedem Pixel null, also ist die Karte leer: Keine kleine Änderung dieses Bildes ändert den Wert, etwa weil jeder Gleichrichter auf dem Weg gesperrt ist. Wählen Sie eine andere Klasse oder ein anderes Bild.",
    "This map has the same value everywhere although the gradient is not zero: the method finds no difference between pixels here. Choose another method or other settings."
        => "Diese Karte hat überall denselben Wert, obwohl der Gradient nicht null ist: Das Verfahren findet hier keinen Unterschied zwischen Pixeln. Wählen Sie ein anderes Verfahren oder andere Einstellungen.",
    "The gradient of class {} is not finite at {} of {} input values."
        => "Der Gradient der Klasse {0} ist an {1} von {2} Eingabewerten nicht endlich.",
    "The setting {} is missing." => "Die Einstellung {0} fehlt.",
    "There is no method called {}." => "Es gibt kein Verfahren namens {0}.",
    "The stored {} holds {} samples in {} numbers, but {} samples of {} x {} x {} are needed."
        => "Gespeichert ({0}) sind {1} Stichproben in {2} Zahlen, nötig sind {3} Stichproben von {4} x {5} x {6}.",
    "{} has no parameter called {}." => "{0} hat keinen Parameter namens {1}.",
    "{} is {}, but it must be {}." => "{0} ist {1}, muss aber {2} sein.",
    // Measuring.
    "The {} has {} values, but an image of {}x{} needs {}; measure a map on the image it was made from."
        => "{0}: {1} Werte, ein Bild von {2}x{3} braucht {4}; messen Sie eine Karte an dem Bild, aus dem sie entstand.",
    "{} of {} map values are not between 0 and 1; normalise the map before it is measured."
        => "{0} von {1} Werten der Karte liegen nicht zwischen 0 und 1; normieren Sie die Karte vor dem Messen.",
    "This measure compares the map with a mask of the object, but there is none; add one."
        => "Dieses Maß vergleicht die Karte mit einer Maske des Gegenstands, aber es gibt keine; fügen Sie eine hinzu.",
    "The mask marks no pixel, so nothing can be compared with it; mark the object."
        => "Die Maske markiert kein Pixel, also lässt sich nichts mit ihr vergleichen; markieren Sie den Gegenstand.",
    "The score {} is not a finite number; the map or the model's output is degenerate."
        => "Der Wert {0} ist keine endliche Zahl; die Karte oder die Ausgabe des Modells ist entartet.",
    "The model's output for image {} of the measure is not finite."
        => "Die Ausgabe des Modells für Bild {0} des Maßes ist nicht endlich.",
    "The worker was sent a request it cannot read ({})."
        => "Der Rechenkern bekam eine Anfrage, die er nicht lesen kann ({0}).",
    // Files. Last, since most sentences about a file that cannot be read fit.
    "{} could not be read: {}." => "{0} konnte nicht gelesen werden: {1}.",
    // What to do.
    "Copy or download the file again, and check that it opens in an image viewer."
        => "Kopieren oder laden Sie die Datei noch einmal, und prüfen Sie, ob ein Bildbetrachter sie öffnet.",
    "Open it in another program and save it as PNG or JPEG."
        => "Öffnen Sie sie in einem anderen Programm und sichern Sie sie als PNG oder JPEG.",
    "Choose a PNG, JPEG, WebP or GIF image; the file's name does not matter."
        => "Wählen Sie ein Bild in PNG, JPEG, WebP oder GIF; der Name der Datei ist gleich.",
    "Scale it down first; a model sees a few hundred pixels."
        => "Verkleinern Sie es zuerst; ein Modell sieht einige hundert Pixel.",
    "Choose a larger image." => "Wählen Sie ein größeres Bild.",
    "Check that it opens in an image viewer, and save it again from there as PNG."
        => "Prüfen Sie, ob ein Bildbetrachter sie öffnet, und sichern Sie sie von dort neu als PNG.",
    "Choose another preprocessing for this model." => "Wählen Sie eine andere Vorverarbeitung für dieses Modell.",
    "It may have been moved or changed since it was chosen. Choose it again."
        => "Die Datei wurde vielleicht inzwischen verschoben oder geändert. Wählen Sie sie noch einmal.",
    "The file may have been moved or changed since it was chosen. Choose it again."
        => "Die Datei wurde vielleicht inzwischen verschoben oder geändert. Wählen Sie sie noch einmal.",
    "A browser gives a page 4 GB at most. Choose a smaller model, or use the command line."
        => "Ein Browser gibt einer Seite höchstens 4 GB. Wählen Sie ein kleineres Modell oder die Kommandozeile.",
    "Choose a smaller model, or a machine with more memory."
        => "Wählen Sie ein kleineres Modell oder einen Rechner mit mehr Speicher.",
    "Choose a smaller input size, or a smaller model."
        => "Wählen Sie eine kleinere Eingabegröße oder ein kleineres Modell.",
    "Open a model first." => "Öffnen Sie zuerst ein Modell.",
    "Open an image first." => "Öffnen Sie zuerst ein Bild.",
    "Try another browser or another machine." => "Versuchen Sie einen anderen Browser oder einen anderen Rechner.",
    "Choose a file that was exported as ONNX, or export it again."
        => "Wählen Sie eine Datei, die als ONNX exportiert wurde, oder exportieren Sie sie neu.",
    "Put those files beside the model, or on the page choose or drop them together with it; or export it into a single file (external_data=False)."
        => "Legen Sie diese Dateien neben das Modell, oder wählen Sie sie auf der Seite zusammen mit ihm aus; oder exportieren Sie es in eine einzige Datei (external_data=False).",
    "Export the model into a single file, with its weights inside (external_data=False)."
        => "Exportieren Sie das Modell in eine einzige Datei, mit den Gewichten darin (external_data=False).",
    "Unpack it, and open the .onnx file in it." => "Entpacken Sie es, und öffnen Sie die .onnx-Datei darin.",
    "Give it one (on the command line --set NAME=VALUE or --set NAME=file.npy), or export the model with that input as a constant."
        => "Geben Sie einen an (auf der Kommandozeile --set NAME=WERT oder --set NAME=datei.npy), oder exportieren Sie das Modell mit diesem Eingang als Konstante.",
    "Give another value, a number or an array." => "Geben Sie einen anderen Wert an, eine Zahl oder ein Feld.",
    "Choose how probabilities are made in another way." => "Wählen Sie eine andere Art, Wahrscheinlichkeiten zu bilden.",
    "Set a mean and a standard deviation for each channel of the model."
        => "Geben Sie für jeden Kanal des Modells einen Mittelwert und eine Standardabweichung an.",
    "Fetch the file itself: run `git lfs pull` in the repository, or download it from its page instead of its raw link."
        => "Holen Sie die Datei selbst: mit `git lfs pull` im Repositorium, oder von ihrer Seite statt über den rohen Verweis.",
    "Download the file itself, not the page about it; the link may need a login."
        => "Laden Sie die Datei selbst herunter, nicht die Seite über sie; vielleicht ist eine Anmeldung nötig.",
    "Load the model in Python and export it: {}." => "Laden Sie das Modell in Python und exportieren Sie es: {0}.",
    "Load it in Python and export it: {}." => "Laden Sie es in Python und exportieren Sie es: {0}.",
    "Export the PyTorch model that it was made from: {}." => "Exportieren Sie das PyTorch-Modell, aus dem es entstand: {0}.",
    "Convert it: {}." => "Wandeln Sie es um: {0}.",
    "Export the model that it was converted from; Core ML files of early versions can be converted with onnxmltools.convert_coreml."
        => "Exportieren Sie das Modell, aus dem es entstand; frühe Core-ML-Dateien wandelt onnxmltools.convert_coreml um.",
    "Build the network in Python, load the weights and export it: {}."
        => "Bauen Sie das Netz in Python, laden Sie die Gewichte und exportieren Sie es: {0}.",
    "Export the model that it was made from to ONNX; language models are not explained here."
        => "Exportieren Sie das Modell, aus dem sie entstand, nach ONNX; Sprachmodelle werden hier nicht erklärt.",
    "Open the .onnx file that it was built from; it cannot be turned back."
        => "Öffnen Sie die .onnx-Datei, aus der sie gebaut wurde; zurückverwandeln lässt sie sich nicht.",
    "Open the .onnx file that it was made from: an ORT file is rewritten for one machine."
        => "Öffnen Sie die .onnx-Datei, aus der sie entstand: Eine ORT-Datei ist für einen Rechner umgeschrieben.",
    "Open the model that it was converted from; OpenVINO files cannot be turned back."
        => "Öffnen Sie das Modell, aus dem sie entstand; OpenVINO-Dateien lassen sich nicht zurückverwandeln.",
    "Load it with a converter such as caffe2onnx, or export the model from another program."
        => "Laden Sie es mit einem Umwandler wie caffe2onnx, oder exportieren Sie das Modell aus einem anderen Programm.",
    "Export it in Python: {}." => "Exportieren Sie es in Python: {0}.",
    "Export the model from the program that it was trained with."
        => "Exportieren Sie das Modell aus dem Programm, mit dem es trainiert wurde.",
    "Choose the model itself; arrays go with --input on the command line."
        => "Wählen Sie das Modell selbst; Felder gehören auf der Kommandozeile hinter --input.",
    "Choose a model, a file that ends in .onnx." => "Wählen Sie ein Modell, eine Datei mit der Endung .onnx.",
    "Unpack it, and open the .onnx file in it; zip and gzip are unpacked here."
        => "Entpacken Sie es, und öffnen Sie die .onnx-Datei darin; zip und gzip werden hier entpackt.",
    "Choose the input that takes the image (on the command line --model-input NAME); the others are then held at 0, or at values that are given (--set NAME=VALUE)."
        => "Wählen Sie den Eingang für das Bild (auf der Kommandozeile --model-input NAME); die übrigen werden dann auf 0 gehalten, oder auf angegebenen Werten (--set NAME=WERT).",
    "Choose one of those." => "Wählen Sie einen davon.",
    "Export a model that takes one image and gives one score a class."
        => "Exportieren Sie ein Modell, das ein Bild nimmt und je Klasse einen Wert gibt.",
    "Export the model in floating point, up to its class scores, or choose another output."
        => "Exportieren Sie das Modell in Gleitkommazahlen bis zu den Klassenwerten, oder wählen Sie einen anderen Ausgang.",
    "Choose another output, or export the model again."
        => "Wählen Sie einen anderen Ausgang, oder exportieren Sie das Modell neu.",
    "Export the model without these operators, or choose another model."
        => "Exportieren Sie das Modell ohne diese Operatoren, oder wählen Sie ein anderes Modell.",
    "Check how the model was exported." => "Prüfen Sie, wie das Modell exportiert wurde.",
    "Check the connection and reload the page, or open a model of your own."
        => "Prüfen Sie die Verbindung und laden Sie die Seite neu, oder öffnen Sie ein eigenes Modell.",
    "Choose another class." => "Wählen Sie eine andere Klasse.",
    "The model may need another input size (on the command line --size HEIGHTxWIDTH), or is not an image classifier."
        => "Vielleicht braucht das Modell eine andere Eingabegröße (auf der Kommandozeile --size HÖHExBREITE), oder es klassifiziert keine Bilder.",
    "Set the model's input size to what it was exported for."
        => "Stellen Sie die Eingabegröße ein, für die das Modell exportiert wurde.",
    "Choose another method, or name a layer of the model that is a grid."
        => "Wählen Sie ein anderes Verfahren, oder nennen Sie eine Schicht des Modells, die ein Gitter ist.",
    "Choose one of these." => "Wählen Sie eine davon.",
    "Try again on the CPU, which needs no graphics driver."
        => "Versuchen Sie es auf dem Prozessor, der keinen Grafiktreiber braucht.",
    "No map is shown, because it would mean nothing. Check that the model's preprocessing is right, or choose another class."
        => "Es wird keine Karte gezeigt, denn sie bedeutete nichts. Prüfen Sie die Vorverarbeitung des Modells, oder wählen Sie eine andere Klasse.",
    "Change the setting and try again." => "Ändern Sie die Einstellung und versuchen Sie es noch einmal.",
    "The map itself is not affected." => "Die Karte selbst ist nicht betroffen.",
    "Reload the page: its parts may be of different versions."
        => "Laden Sie die Seite neu: Ihre Teile sind vielleicht aus verschiedenen Versionen.",
}

/// A failure in the language in use, as far as its sentences are known.
pub fn say_failure(failure: Failure) -> Failure {
    match language() {
        Language::English => failure,
        Language::German => Failure {
            message: german(&failure.message).unwrap_or(failure.message),
            hint: german(&failure.hint).unwrap_or(failure.hint),
            ..failure
        },
    }
}

/// A note beside a map in the language in use, as far as it is known.
pub fn say_note(note: &str) -> String {
    match language() {
        Language::English => note.to_owned(),
        Language::German => german(note).unwrap_or_else(|| note.to_owned()),
    }
}

/// What a sentence of the engine is in German.
pub fn german(english: &str) -> Option<String> {
    translated(GERMAN, english, str::to_owned)
}

/// What a sentence is by a table of patterns, with each part that varies as `say` says it.
pub(super) fn translated(
    table: &[(&str, &str)],
    english: &str,
    say: impl Fn(&str) -> String,
) -> Option<String> {
    table.iter().find_map(|(pattern, german)| {
        let parts = varying(pattern, english)?;
        let filled = parts
            .iter()
            .enumerate()
            .fold((*german).to_owned(), |text, (index, part)| {
                text.replace(&format!("{{{index}}}"), &say(part))
            });
        Some(filled)
    })
}

/// What stands in `text` for each `{}` of `pattern`; `None` where it does not fit.
fn varying<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut fixed = pattern.split("{}");
    let mut rest = text.strip_prefix(fixed.next()?)?;
    let mut parts = Vec::new();
    let mut fixed = fixed.peekable();
    while let Some(next) = fixed.next() {
        let end = if fixed.peek().is_none() {
            rest.len()
                .checked_sub(next.len())
                .filter(|_| rest.ends_with(next))?
        } else {
            rest.find(next)?
        };
        parts.push(&rest[..end]);
        rest = &rest[end + next.len()..];
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_kept() {
        assert_eq!(
            german("The JPEG file is damaged and cannot be decoded (no data)."),
            Some(
                "Die JPEG-Datei ist beschädigt und kann nicht entschlüsselt werden (no data)."
                    .to_owned()
            )
        );
        assert_eq!(
            german("Class 7 was asked for, but the model has 5 classes (0 to 4).").as_deref(),
            Some("Gefragt war Klasse 7, aber das Modell hat 5 Klassen (0 bis 4).")
        );
        assert_eq!(german("Something new."), None);
        assert_eq!(german("Open a model first"), None);
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
