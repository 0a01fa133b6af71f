  function show() {
    var dark = matchMedia("(prefers-color-scheme: dark)").matches;
    var locale = settings.language === "en" ? "en-US" : "es-MX";
    var made = null;

    // Its form answers with what is missing, or with a token and the brand that goes with it.
    function submit() {
      return made.then(function (brick) { return brick.getFormData(); }).then(function (data) {
        if (!data || !data.token) return unlock(settings.card_incomplete);
        paidWith({ id: data.token + "." + data.payment_method_id });
      });
    }

    function failed(error) {
      if (!busy) return;
      unlock(error && error.cause === "incomplete_fields" ? settings.card_incomplete : settings.card_refused);
    }

    made = new window.MercadoPago(settings.public_key, { locale: locale }).bricks().create("cardPayment", "card", {
      // The e-mail that counts is the one in our own form.
      initialization: { amount: Number(settings.amount), payer: { email: "cliente@example.com" } },
      customization: {
        visual: {
          hideFormTitle: true,
          hidePaymentButton: true,
          style: {
            theme: dark ? "dark" : "default",
            customVariables: { baseColor: dark ? settings.color_in_dark : settings.color }
          }
        },
        paymentMethods: { maxInstallments: 1 }
      },
      callbacks: {
        onReady: function () { made.then(function () { ready(submit); }); },
        onSubmit: function () { return Promise.resolve(); },
        onError: failed
      }
    });
    made.catch(unreachable);
  }
