//! What the page says when something goes wrong.

super::table! {
    notices:

    page_gone: "The page stopped working. Reload it to go on; please report what you did last."
        / "Die Seite ist ausgefallen. Laden Sie sie neu; bitte melden Sie, was Sie zuletzt getan haben.",
    dismiss: "Close this message" / "Diese Meldung schließen",
    working: "Working" / "Es wird gerechnet",
    no_webgpu: "This browser offers no WebGPU, so the processor is used."
        / "Dieser Browser bietet kein WebGPU, darum rechnet der Prozessor.",
    no_webgpu_hint: "A recent Chrome, Edge or Safari with a graphics card has it."
        / "Ein aktueller Chrome, Edge oder Safari mit Grafikkarte hat es.",
    gpu_not_built: "The engine for the GPU is not built yet, so the processor computes. Reload the page once it is."
        / "Der Rechenkern für die Grafikkarte ist noch nicht gebaut, darum rechnet der Prozessor. Laden Sie die Seite neu, sobald er es ist.",
    gpu_lost: "The graphics device failed ({reason}), so the processor carries on."
        / "Das Grafikgerät ist ausgefallen ({reason}), darum rechnet der Prozessor weiter.",
    gpu_lost_hint: "Choose WebGPU again to give it another try." / "Wählen Sie WebGPU noch einmal, um es erneut zu versuchen.",
    engine_lost: "The engine stopped unexpectedly ({reason}) and was started again."
        / "Der Rechenkern ist unerwartet stehen geblieben ({reason}) und wurde neu gestartet.",
    engine_lost_hint: "Your model and photo are kept. Press Start again to repeat the last step."
        / "Modell und Foto sind noch da. Mit „Neu beginnen“ wiederholen Sie den letzten Schritt.",
    engine_gone: "The engine keeps stopping ({reason})." / "Der Rechenkern bleibt immer wieder stehen ({reason}).",
    engine_gone_hint: "Reload the page. If that does not help, try another model or browser."
        / "Laden Sie die Seite neu. Hilft das nicht, versuchen Sie ein anderes Modell oder einen anderen Browser.",
    stopped_hard: "Stopped. The engine did not answer in time, so it was started again; your model and photo are kept."
        / "Angehalten. Der Rechenkern antwortete nicht rechtzeitig und wurde neu gestartet; Modell und Foto sind noch da.",
    too_many_images: "{most} of {given} images are opened: more do not fit in the strip."
        / "{most} von {given} Bildern werden geöffnet: Mehr passen nicht in die Leiste.",
    too_many_images_hint: "Drop them as a folder to measure them all under “Many images”."
        / "Legen Sie sie als Ordner ab, um alle unter „Viele Bilder“ zu messen.",
    file_gone: "{name} could not be read." / "{name} konnte nicht gelesen werden.",
    file_gone_hint: "The file may have been moved or changed. Choose it again."
        / "Die Datei wurde vielleicht verschoben oder geändert. Wählen Sie sie noch einmal.",
    camera_failed: "The camera cannot be used ({reason})." / "Die Kamera kann nicht benutzt werden ({reason}).",
    camera_failed_hint: "Allow this page to use it in the browser's settings, or choose a photo from a file."
        / "Erlauben Sie es dieser Seite in den Einstellungen des Browsers, oder wählen Sie ein Foto aus einer Datei.",
    not_a_file: "What was dropped or pasted is not a file." / "Was Sie abgelegt oder eingefügt haben, ist keine Datei.",
    not_a_file_hint: "Drop a photo or an .onnx model from a folder, or copy the picture itself rather than its address."
        / "Legen Sie ein Foto oder ein .onnx-Modell aus einem Ordner ab, oder kopieren Sie das Bild selbst statt seiner Adresse.",
    weights_alone: "{name} holds the weights of a model, without the model itself."
        / "{name} enthält die Gewichte eines Modells, nicht das Modell selbst.",
    weights_alone_hint: "It is kept: now drop or choose the .onnx file that belongs to it."
        / "Die Datei ist vorgemerkt: Legen Sie nun die zugehörige .onnx-Datei ab, oder wählen Sie sie.",
    unreadable_list: "{what} could not be loaded." / "{what} konnte nicht geladen werden.",
    unreadable_list_hint: "The page works without it. Reload to try again."
        / "Die Seite funktioniert auch ohne. Laden Sie neu, um es noch einmal zu versuchen.",
    sample_list: "The list of sample photos" / "Die Liste der Beispielfotos",
    label_list: "The class names" / "Die Klassennamen",
    labels_unreadable: "{name} holds no class names: {reason}." / "{name} enthält keine Klassennamen: {reason}.",
    labels_unreadable_hint: "Use a text file with one name a line, or a JSON list of names."
        / "Benutzen Sie eine Textdatei mit einem Namen je Zeile oder eine JSON-Liste von Namen.",
    save_failed: "The file could not be saved: {reason}." / "Die Datei konnte nicht gesichert werden: {reason}.",
    save_failed_hint: "Your browser may be blocking downloads from this page."
        / "Vielleicht verbietet Ihr Browser dieser Seite das Herunterladen.",
    worker_missing: "its program could not be loaded" / "sein Programm konnte nicht geladen werden",
    worker_garbled: "it sent a message that could not be read" / "er sandte eine unlesbare Nachricht",
}
