  function show() {
    var dark = matchMedia("(prefers-color-scheme: dark)").matches;
    window.ConektaCheckoutComponents.Integration({
      config: {
        targetIFrame: "#card",
        checkoutRequestId: settings.checkout_id,
        publicKey: settings.public_key,
        locale: settings.language,
        useExternalSubmit: true
      },
      // Without any of them there is an end that the button would spin at.
      callbacks: {
        onUpdateSubmitTrigger: ready,
        onFinalizePayment: paid,
        onErrorPayment: failed,
        onChargeFailed: failed,
        onFormError: incomplete
      },
      options: {
        backgroundMode: dark ? "darkMode" : "lightMode",
        inputType: "flatMode",
        autoResize: true,
        colorPrimary: dark ? settings.color_in_dark : settings.color
      }
    });
  }
