//! The words of the sanity check, of the parameters of measures, and of the images that measures show the model.

super::table! {
    sanity:

    title: "Does the map depend on the network?" / "Hängt die Karte vom Netz ab?",
    hint: "The network's layers lose their trained weights, group by group, from the output down, and the map is made again each time. A map that explains the network falls apart; one that stays shows the photo, not what was learned."
        / "Die Schichten des Netzes verlieren ihre gelernten Gewichte, Gruppe für Gruppe, von der Ausgabe abwärts, und jedes Mal entsteht die Karte neu. Eine Karte, die das Netz erklärt, zerfällt; eine, die bleibt, zeigt das Foto und nicht das Gelernte.",
    start: "Randomise the network" / "Netz zufällig machen",
    again: "Randomise again" / "Erneut zufällig machen",
    stop: "Stop" / "Anhalten",
    stopping: "Stopping" / "Wird angehalten",
    fresh: "Fresh noise for every step, as the authors do" / "Neues Rauschen in jedem Schritt, wie die Autoren",
    fresh_hint: "Otherwise every network sees the same noise, so that only the weights differ"
        / "Sonst sieht jedes Netz dasselbe Rauschen, sodass sich nur die Gewichte unterscheiden",
    settings: "Settings of the check" / "Einstellungen der Prüfung",
    cost: "{method}: {maps} networks, {gradients} gradients." / "{method}: {maps} Netze, {gradients} Gradienten.",
    cost_time: "About {seconds} s at the pace so far." / "Etwa {seconds} s beim bisherigen Tempo.",
    waits: "The map comes first." / "Zuerst kommt die Karte.",
    no_layers: "This model has no layers with weights that can be drawn anew." / "Dieses Modell hat keine Schichten mit Gewichten, die neu gezogen werden können.",
    progress: "Group {step} of {steps}" / "Gruppe {step} von {steps}",
    progress_first: "Drawing new weights" / "Neue Gewichte werden gezogen",
    spoken_done: "The check is done." / "Die Prüfung ist fertig.",

    slider: "Groups of layers without trained weights" / "Schichtgruppen ohne gelernte Gewichte",
    intact: "All layers as trained" / "Alle Schichten wie gelernt",
    step: "{step} of {steps} groups random, the newest: {layers}" / "{step} von {steps} Gruppen zufällig, die neueste: {layers}",
    map_alt: "Map of {method}. {step}" / "Karte von {method}. {step}",
    numbers: "|Spearman| {abs}, Spearman {rho}, SSIM {ssim}" / "|Spearman| {abs}, Spearman {rho}, SSIM {ssim}",

    abs_spearman: "|Spearman|" / "|Spearman|",
    spearman: "Spearman" / "Spearman",
    ssim: "SSIM" / "SSIM",
    plot_alt: "Likeness to the original map over {steps} groups of layers" / "Ähnlichkeit mit der ursprünglichen Karte über {steps} Schichtgruppen",
    mean: "Mean over the steps: {numbers}." / "Mittel über die Schritte: {numbers}.",
    passed: "The map depends on the network: with no trained layer left, |Spearman| is {abs}."
        / "Die Karte hängt vom Netz ab: Ohne gelernte Schicht ist |Spearman| {abs}.",
    failed: "Failed: with no trained layer left, the map still ranks pixels much as before (|Spearman| {abs}). It does not explain this network, however good it looks."
        / "Nicht bestanden: Ohne gelernte Schicht ordnet die Karte die Pixel noch fast wie zuvor (|Spearman| {abs}). Sie erklärt dieses Netz nicht, so gut sie auch aussieht.",
    constant: "A map became constant, which counts as no likeness: look at the pictures." / "Eine Karte wurde konstant, was als keine Ähnlichkeit zählt: Sehen Sie die Bilder an.",
    table: "These steps as a table" / "Diese Schritte als Tabelle",
    column_step: "Groups" / "Gruppen",
    column_layers: "Newest layers" / "Neueste Schichten",

    altered: "What the model was shown" / "Was dem Modell gezeigt wurde",
    altered_choose: "Method and measure" / "Verfahren und Maß",
    altered_slider: "Share of pixels, the most salient first" / "Anteil der Pixel, die wichtigsten zuerst",
    altered_share: "{share} of pixels" / "{share} der Pixel",
    altered_recovered: "Recovered on black: {share}" / "Zurückgegeben auf Schwarz: {share}",
    altered_deleted: "Deleted: {share}" / "Gelöscht: {share}",
    altered_inserted: "Inserted: {share}" / "Eingefügt: {share}",
    altered_probability: "class {probability}" / "Klasse {probability}",

    insensitive: "fails the randomisation check" / "besteht die Zufallsprüfung nicht",
    parameters: "Settings of the measures" / "Einstellungen der Maße",
}
