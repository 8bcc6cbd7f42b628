//! The words of the batch: a folder of images, what is measured of them, the tables.

super::table! {
    batch:

    title: "Many images" / "Viele Bilder",
    hint: "Measure methods over a folder: every image with every method, one row each, and their means. Only numbers are kept, so a folder may be as large as you like."
        / "Verfahren über einen Ordner messen: jedes Bild mit jedem Verfahren, je eine Zeile, und die Mittelwerte. Nur Zahlen bleiben, darum darf ein Ordner beliebig groß sein.",
    choose_images: "Choose a folder of images" / "Ordner mit Bildern wählen",
    choose_masks: "Choose a folder of masks" / "Ordner mit Masken wählen",
    clear: "Clear" / "Leeren",
    drop: "or drop it anywhere on the page, several files here. Masks have the images’ names and lie in a folder called masks, or are chosen apart."
        / "oder irgendwo auf der Seite ablegen, einzelne Dateien hier. Masken heißen wie die Bilder und liegen in einem Ordner namens masks oder werden eigens gewählt.",
    count: "{images} images, {masks} with masks" / "{images} Bilder, {masks} mit Masken",
    others: "Files that are no images: {count}" / "Dateien, die keine Bilder sind: {count}",
    more: "and {count} more" / "und {count} weitere",
    no_images: "There is no image in this folder: PNG, JPEG, WebP and GIF are read."
        / "In diesem Ordner ist kein Bild: PNG, JPEG, WebP und GIF werden gelesen.",

    choice: "Methods and measures" / "Verfahren und Maße",
    methods: "Methods, with their settings as they are above" / "Verfahren, mit ihren Einstellungen von oben",
    measures: "Measures" / "Maße",
    as_compared: "As in the comparison" / "Wie im Vergleich",
    needs_mask: "for images with a mask" / "für Bilder mit Maske",
    class_likeliest: "Each image’s likeliest class" / "Die wahrscheinlichste Klasse jedes Bildes",
    class_chosen: "The class chosen now: {name}" / "Die jetzt gewählte Klasse: {name}",
    class: "Explain" / "Erklären",
    nothing_chosen: "Choose at least one method and one measure." / "Wählen Sie mindestens ein Verfahren und ein Maß.",

    cost: "To do: {images} images, {gradients} gradients, {passes} runs of the model."
        / "Zu tun: {images} Bilder, {gradients} Gradienten, {passes} Läufe des Modells.",
    about_seconds: "About {count} s." / "Etwa {count} s.",
    about_minutes: "About {count} min." / "Etwa {count} min.",
    about_hours: "About {count} h." / "Etwa {count} h.",
    all_done: "All images are done." / "Alle Bilder sind fertig.",
    start: "Start" / "Starten",
    go_on: "Go on" / "Weiter",
    stop: "Stop" / "Anhalten",
    stopping: "Stopping" / "Hält an",
    retry: "Try again what failed" / "Misslungenes erneut versuchen",
    progress: "Image {index} of {total}: {name}" / "Bild {index} von {total}: {name}",
    progress_method: "{method}, {stage}" / "{method}, {stage}",
    progress_count: "{method}, {stage}, {done} of {count}" / "{method}, {stage}, {done} von {count}",
    left_seconds: "about {count} s left" / "noch etwa {count} s",
    left_minutes: "about {count} min left" / "noch etwa {count} min",
    left_hours: "about {count} h left" / "noch etwa {count} h",
    waits: "Waits while the page does what you asked for above." / "Wartet, während die Seite tut, was Sie oben verlangt haben.",
    beside: "The photo above stays as it is and can be used meanwhile; the folder then waits."
        / "Das Foto oben bleibt, wie es ist, und lässt sich währenddessen benutzen; der Ordner wartet dann.",
    model_changed: "The model is another one or is fed otherwise, so the folder was stopped. Start it again to measure with this one."
        / "Das Modell ist ein anderes oder bekommt die Bilder anders aufbereitet, darum wurde der Ordner angehalten. Starten Sie ihn neu, um mit diesem zu messen.",
    other_settings: "These rows are of other settings than those chosen now. Starting computes with the ones chosen now; these rows are kept until the page is closed."
        / "Diese Zeilen gehören zu anderen Einstellungen als den jetzt gewählten. Ein Start rechnet mit den jetzigen; diese Zeilen bleiben, bis die Seite geschlossen wird.",
    taken_over: "{taken} of {read} rows of the table were taken over. What they hold is not computed again."
        / "{taken} von {read} Zeilen der Tabelle wurden übernommen. Was sie enthalten, wird nicht neu berechnet.",
    incomplete: "The engine said less than it was asked." / "Der Rechenkern sagte weniger, als er gefragt war.",

    averages: "Means over images" / "Mittelwerte über Bilder",
    averages_hint: "In brackets the 95 % interval over images (bootstrap). A column’s means are over the same images for all methods, their number is n."
        / "In Klammern das 95-%-Intervall über die Bilder (Bootstrap). Die Mittelwerte einer Spalte sind für alle Verfahren über dieselben Bilder, ihre Zahl ist n.",
    averages_wait: "Intervals follow when it stops." / "Die Intervalle folgen, wenn es anhält.",
    interval: "{low} to {high}" / "{low} bis {high}",
    count_of: "n = {count}" / "n = {count}",
    rows: "Every image" / "Jedes Bild",
    column_image: "Image" / "Bild",
    column_class: "Class" / "Klasse",
    column_probability: "Probability" / "Wahrscheinlichkeit",
    page_of: "Rows {first} to {last} of {total}" / "Zeilen {first} bis {last} von {total}",
    page_before: "Earlier rows" / "Frühere Zeilen",
    page_after: "Later rows" / "Spätere Zeilen",
    failed: "failed" / "misslungen",
    failures: "{count} of {total} images failed; their rows say why." / "{count} von {total} Bildern misslangen; ihre Zeilen sagen, warum.",
    save_csv: "Save CSV" / "CSV sichern",
    save_hint: "One row an image and method, as gradlens study writes them. Drop the file on the page later to go on from it."
        / "Eine Zeile je Bild und Verfahren, wie gradlens study sie schreibt. Legen Sie die Datei später auf der Seite ab, um von ihr aus weiterzumachen.",
}
