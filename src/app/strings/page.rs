//! The words of the page itself: photo, answer, map, progress, measure, messages.

super::table! {
    text:

    brand: "Gradlens" / "Gradlens",
    tagline: "See which pixels an image classifier decided on"
        / "Sehen, an welchen Pixeln ein Bildklassifikator sich entscheidet",
    skip: "Skip to the map" / "Zur Karte springen",
    sections: "Sections of the page" / "Abschnitte der Seite",
    language: "Language" / "Sprache",

    model: "Model" / "Modell",
    model_line: "{name}, {classes} classes" / "{name}, {classes} Klassen",
    model_loading: "loading {name}" / "{name} wird geladen",
    model_own: "Use your own model" / "Eigenes Modell öffnen",
    model_own_hint: "An image classifier saved as an .onnx file. It stays on your machine."
        / "Ein Bildklassifikator als .onnx-Datei. Er bleibt auf Ihrem Gerät.",
    model_default: "Back to EfficientNet-Lite0" / "Zurück zu EfficientNet-Lite0",
    device_choice: "Compute on" / "Rechnen mit",
    device_auto: "Automatic device" / "Gerät automatisch",
    device_cpu: "Processor (CPU)" / "Prozessor (CPU)",
    device_webgpu: "WebGPU" / "WebGPU",
    device_webgpu_not_built: "WebGPU (not built yet)" / "WebGPU (noch nicht gebaut)",

    photo: "The photo" / "Das Foto",
    photo_choose: "Choose a photo" / "Foto wählen",
    photo_drop: "or drop or paste" / "oder ablegen oder einfügen",
    photo_drop_now: "Drop it to see what the model looks at" / "Loslassen, um zu sehen, worauf das Modell achtet",
    photo_seen: "The model sees the framed part, at {width} × {height} pixels."
        / "Das Modell sieht den umrahmten Teil mit {width} × {height} Pixeln.",
    photo_size: "{name}, {width} × {height} pixels, {format}" / "{name}, {width} × {height} Pixel, {format}",
    photo_overview: "The whole photo, with the part the model sees framed"
        / "Das ganze Foto; umrahmt ist der Teil, den das Modell sieht",
    photo_waiting: "Opening {name}" / "{name} wird geöffnet",
    photo_none: "No photo is open yet." / "Noch ist kein Foto offen.",
    camera: "Camera" / "Kamera",
    camera_hint: "Take a photo with this device's camera. It stays on your machine."
        / "Mit der Kamera dieses Geräts ein Foto machen. Es bleibt auf Ihrem Gerät.",
    camera_sees: "What the camera sees" / "Was die Kamera sieht",
    camera_take: "Take the photo" / "Foto aufnehmen",
    camera_close: "Close the camera" / "Kamera schließen",
    samples: "Or try one of these" / "Oder eines von diesen",
    sample_licence: "{title}. {licence}, {source}" / "{title}. {licence}, {source}",

    strip: "Your images" / "Ihre Bilder",
    strip_open: "Show {name} again" / "{name} wieder ansehen",
    strip_open_class: "Show {name} again, {class}" / "{name} wieder ansehen, {class}",
    strip_remove: "Remove {name}" / "{name} entfernen",

    answer: "The model's answer" / "Die Antwort des Modells",
    answer_hint: "Choose a class to see what speaks for it." / "Wählen Sie eine Klasse, um zu sehen, was für sie spricht.",
    answer_waiting: "The model has not seen a photo yet." / "Das Modell hat noch kein Foto gesehen.",
    search: "Find another class" / "Andere Klasse suchen",
    search_placeholder: "Name or number" / "Name oder Nummer",
    search_none: "No class is called that." / "Keine Klasse heißt so.",
    search_count: "{count} classes found" / "{count} Klassen gefunden",

    map: "The map" / "Die Karte",
    map_says: "{name}, {percent}. Bright pixels carry that score." / "{name}, {percent}. Helle Pixel tragen dieses Ergebnis.",
    map_waiting: "Here you will see which pixels the answer rests on."
        / "Hier sehen Sie, auf welchen Pixeln die Antwort beruht.",
    map_constant: "Every pixel counts the same here: this map carries no information."
        / "Hier zählt jedes Pixel gleich viel: Diese Karte sagt nichts aus.",
    map_alt: "Saliency map for {name} on the photo {photo}." / "Salienzkarte für {name} auf dem Foto {photo}.",
    map_view: "Show" / "Ansicht",
    view_overlay: "Overlay" / "Überlagert",
    view_map: "Map" / "Karte",
    view_masked: "Masked" / "Maskiert",
    view_photo: "Photo" / "Foto",
    opacity: "Opacity" / "Deckkraft",
    colormap: "Colours" / "Farben",
    colormap_viridis: "Viridis" / "Viridis",
    colormap_cividis: "Cividis" / "Cividis",
    colormap_magma: "Magma" / "Magma",
    colormap_grey: "Grey" / "Grau",
    colormap_blue_orange: "Blue to orange" / "Blau bis Orange",
    zoom: "Zoom" / "Vergrößerung",
    zoom_in: "Larger (+)" / "Größer (+)",
    zoom_out: "Smaller (-)" / "Kleiner (-)",
    zoom_whole: "The whole picture (0)" / "Das ganze Bild (0)",
    zoom_level: "Zoom {percent}" / "Vergrößerung {percent}",
    zoom_area: "Picture to zoom: plus and minus, arrows to move, 0 for the whole; or Ctrl and the wheel, drag, double-click"
        / "Bild zum Vergrößern: Plus und Minus, Pfeile zum Verschieben, 0 für das Ganze; oder Strg und Mausrad, Ziehen, Doppelklick",
    colour_bar: "Raw attribution, {low} (dark) to {high} (bright)" / "Rohwerte von {low} (dunkel) bis {high} (hell)",
    colour_bar_unit: "raw attribution, summed over colours" / "Rohwerte, über die Farben summiert",
    save: "Save" / "Sichern",
    save_png: "PNG" / "PNG",
    save_figure: "Figure" / "Abbildung",
    save_figure_hint: "The picture with title, colour bar and every parameter" / "Das Bild mit Titel, Farbskala und jedem Parameter",
    save_npy: "NPY" / "NPY",
    save_json: "JSON" / "JSON",
    save_png_hint: "The picture as shown" / "Das Bild, wie es zu sehen ist",
    save_npy_hint: "The map's values for NumPy" / "Die Werte der Karte für NumPy",
    save_json_hint: "Settings, scores and timings" / "Einstellungen, Ergebnisse und Zeiten",
    save_python: "Python" / "Python",
    save_python_hint: "A script that computes this map again with PyTorch, with these settings"
        / "Ein Skript, das diese Karte mit PyTorch noch einmal berechnet, mit diesen Einstellungen",
    save_python_none: "There is a script for methods on one gradient or on noisy copies, not for this one"
        / "Ein Skript gibt es für Verfahren mit einem Gradienten oder mit verrauschten Kopien, nicht für dieses",
    copy_link: "Copy link" / "Link kopieren",
    copy_link_hint: "An address with these settings, without the photo" / "Eine Adresse mit diesen Einstellungen, ohne das Foto",
    restored: "Restored from {file}: {what}." / "Aus {file} wiederhergestellt: {what}.",
    restored_lacking: "Restored from {file}: {what}; not there: {missing}."
        / "Aus {file} wiederhergestellt: {what}; nicht da: {missing}.",
    restored_all: "method, settings, class and measures" / "Verfahren, Einstellungen, Klasse und Maße",
    restored_but_class: "method, settings and measures" / "Verfahren, Einstellungen und Maße",
    lacking_class: "class {class}, which this model does not tell apart"
        / "Klasse {class}, die dieses Modell nicht unterscheidet",
    lacking_photo: "the photo {name}, open it to see its map" / "das Foto {name}, öffnen Sie es, um seine Karte zu sehen",
    lacking_model: "the model {name}, another file is open" / "das Modell {name}, eine andere Datei ist offen",
    copied: "Copied." / "Kopiert.",
    copy_failed: "The browser did not allow copying." / "Der Browser hat das Kopieren nicht erlaubt.",
    copy_failed_hint: "Copy it by hand: {text}" / "Kopieren Sie es von Hand: {text}",

    stage_device: "Trying out the device" / "Gerät wird geprüft",
    stage_model: "Loading the model" / "Modell wird geladen",
    stage_image: "Opening the photo" / "Foto wird geöffnet",
    stage_classify: "Asking the model" / "Modell wird befragt",
    stage_explain: "Computing gradients" / "Gradienten werden berechnet",
    stage_measure: "Testing the map" / "Karte wird geprüft",
    starting: "Starting the engine" / "Rechenkern startet",
    starting_gpu: "Trying out the graphics device" / "Grafikgerät wird geprüft",
    progress_count: "{stage}: {done} of {total}" / "{stage}: {done} von {total}",
    progress_bytes: "{stage}: {done} of {total} MB" / "{stage}: {done} von {total} MB",
    progress_left: "about {seconds} s left" / "noch etwa {seconds} s",
    progress_done: "Done" / "Fertig",
    cancel: "Stop" / "Anhalten",
    stopping: "Stopping" / "Wird angehalten",
    stopped: "Stopped after {done} of {total} samples." / "Angehalten nach {done} von {total} Stichproben.",
    resume: "Start again" / "Neu beginnen",
    prepared: "An example, computed beforehand on {device}" / "Ein Beispiel, vorab berechnet auf {device}",
    computed_on: "Computed on {device}" / "Berechnet auf {device}",
    time_gradients: "{count} gradients in {seconds} s" / "{count} Gradienten in {seconds} s",
    time_reused: "redrawn without new gradients" / "ohne neue Gradienten gezeichnet",
    time_rcap: "test in {seconds} s" / "Prüfung in {seconds} s",
    device_rejected: "{device} is not used: {reason}" / "{device} wird nicht benutzt: {reason}",
    device_software: "{device} (software, slow)" / "{device} (Software, langsam)",

    method: "Method" / "Verfahren",
    method_picker: "Method" / "Verfahren",
    settings_undo: "Undo" / "Rückgängig",
    settings_undo_hint: "Back to the settings before the last change (Ctrl+Z)"
        / "Zurück zu den Einstellungen vor der letzten Änderung (Strg+Z)",
    settings_redo: "Redo" / "Wiederholen",
    settings_redo_hint: "Forth to the settings that were taken back (Ctrl+Shift+Z)"
        / "Wieder zu den Einstellungen, die zurückgenommen wurden (Strg+Umschalt+Z)",
    settings_reset: "Reset" / "Zurücksetzen",
    settings_reset_hint: "All settings back to those of the paper" / "Alle Einstellungen wie im Artikel",
    setting_free: "redraws at once" / "wirkt sofort",
    settings_about: "About this method" / "Über dieses Verfahren",
    preset: "Settings of" / "Einstellungen für",
    preset_default: "Default" / "Standard",
    preset_hint: "Sets every parameter to the paper's value for one of its case studies"
        / "Setzt jeden Parameter auf den Wert einer Fallstudie des Artikels",
    no_relu: "This model has no ReLU, so Guided Backprop is the vanilla gradient here."
        / "Dieses Modell hat keine ReLU: Guided Backprop ist hier der einfache Gradient.",
    no_relu_clip: "This model has no ReLU, so Guided Backprop is the vanilla gradient here. Its ReLU6 steps can take the part: switch on \"ReLU6 too\"."
        / "Dieses Modell hat keine ReLU: Guided Backprop ist hier der einfache Gradient. Seine ReLU6-Schritte können einspringen: Schalten Sie „Auch ReLU6“ ein.",
    no_relu_silu: "This model has no ReLU, so Guided Backprop is the vanilla gradient here. Its SiLU steps, or their like, can take the part: switch on \"SiLU too\"."
        / "Dieses Modell hat keine ReLU: Guided Backprop ist hier der einfache Gradient. Seine SiLU-Schritte oder deren Verwandte können einspringen: Schalten Sie „Auch SiLU“ ein.",
    completeness: "Completeness gap {gap}: the attributions sum to {attributed}, the class score changed by {explained}."
        / "Vollständigkeitslücke {gap}: Die Beiträge ergeben {attributed}, das Klassenergebnis änderte sich um {explained}.",

    measure: "Does the map hold up?" / "Hält die Karte stand?",
    measure_hint: "Only the brightest pixels are given back to the model, then more. A good map wins the class back early."
        / "Das Modell bekommt erst nur die hellsten Pixel zurück, dann mehr. Eine gute Karte gewinnt die Klasse früh zurück.",
    score: "RCAP" / "RCAP",
    score_hint: "0 to 1, higher is better. It compares maps of the same image and model."
        / "0 bis 1, höher ist besser. Vergleicht Karten desselben Bildes und Modells.",
    score_updating: "being measured" / "wird gemessen",
    rcap_settings: "How it is tested" / "Wie geprüft wird",
    lower_bound: "Fullest step leaves out" / "Der vollste Schritt lässt weg",
    interval: "Step" / "Schritt",
    percent_sign: "%" / "%",
    curve_x: "Brightest pixels given back, %" / "Zurückgegebene hellste Pixel, %",
    curve_probability: "Class probability" / "Klassenwahrscheinlichkeit",
    curve_share: "Share of the map" / "Anteil der Karte",
    curve_product: "Product" / "Produkt",
    curve_whole: "whole photo" / "ganzes Foto",
    curve_alt: "Recovery curve, step {step} of {steps}" / "Wiederherstellungskurve, Schritt {step} von {steps}",
    curve_read: "{pixels} given back: probability {probability}, mass {share}, product {product}"
        / "{pixels} zurückgegeben: Wahrscheinlichkeit {probability}, Masse {share}, Produkt {product}",
    curve_hint: "Point at the curve, or use the arrow keys, to read values."
        / "Zeigen Sie auf die Kurve oder nutzen Sie die Pfeiltasten, um Werte abzulesen.",
    curve_waiting: "The curve appears when the map is finished." / "Die Kurve erscheint, wenn die Karte fertig ist.",
    recovered: "What the model was shown" / "Was dem Modell gezeigt wurde",
    recovered_alt: "Photo with the brightest {pixels} of the pixels given back, the rest black"
        / "Foto mit den hellsten {pixels} der Pixel, der Rest schwarz",
    table: "The curve as a table" / "Die Kurve als Tabelle",
    table_rate: "Quantile" / "Quantil",
    table_threshold: "Threshold" / "Schwelle",
    table_pixels: "Pixels" / "Pixel",
    table_share: "Mass" / "Masse",
    table_probability: "Probability" / "Wahrscheinlichkeit",
    table_product: "Product" / "Produkt",

    honesty: "Not a medical device. A map is evidence about the model, not about what is in the photo."
        / "Kein Medizinprodukt. Eine Karte sagt etwas über das Modell, nicht über das, was auf dem Foto ist.",
    privacy: "Your photo never leaves this machine." / "Ihr Foto verlässt dieses Gerät nie.",
    privacy_verify: "How to check" / "So prüfen Sie das",
    privacy_how: "Open your browser's developer tools, choose Network, and drop a photo: nothing is sent. Or load the page, switch the network off, and carry on."
        / "Öffnen Sie die Entwicklerwerkzeuge Ihres Browsers, wählen Sie Netzwerk und legen Sie ein Foto ab: Nichts wird gesendet. Oder laden Sie die Seite, schalten Sie das Netz ab und machen Sie weiter.",
    update_ready: "A new version is ready." / "Eine neue Version ist bereit.",
    update_hint: "Reload the page to use it." / "Laden Sie die Seite neu, um sie zu benutzen.",
}
