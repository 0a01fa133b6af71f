  function show() {
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
      options: { backgroundMode: "lightMode", inputType: "flatMode", colorPrimary: settings.color },
      allowTokenization: true
    });
  }
