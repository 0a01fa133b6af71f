  function show() {
    var dark = matchMedia("(prefers-color-scheme: dark)").matches;
    window.ConektaCheckoutComponents.Card({
      config: {
        targetIFrame: "#card",
        publicKey: settings.public_key,
        locale: settings.language,
        useExternalSubmit: true
      },
      callbacks: {
        onUpdateSubmitTrigger: ready,
        onCreateTokenSucceeded: paidWith,
        onCreateTokenError: refused,
        onFormError: function () { if (busy) unlock(settings.card_incomplete); }
      },
      options: {
        backgroundMode: dark ? "darkMode" : "lightMode",
        inputType: "flatMode",
        colorPrimary: dark ? settings.color_in_dark : settings.color
      },
      allowTokenization: true
    });
  }
