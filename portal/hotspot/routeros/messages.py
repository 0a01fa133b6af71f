"""Tell the operator what to do when a router does not do its part."""

from __future__ import annotations

PORT_CLOSED = (
    "El router no aceptó la conexión en el puerto: revise que el servicio api (o api-ssl) esté "
    "habilitado en /ip service y que la dirección de este servidor esté permitida."
)
UNREACHABLE = (
    "No hay camino hasta el router: revise su dirección y que esté encendido y con conexión."
)
UNKNOWN_HOST = "No se encontró la dirección del router: revise el nombre del host."
SILENT = "El router no respondió a tiempo: revise que esté encendido, su enlace y el cortafuegos."
CUT = "El router cortó la conexión: puede estar reiniciándose. Se puede intentar de nuevo."
GARBLED = (
    "Lo que respondió no es la API de RouterOS: revise el puerto (8728 sin TLS, 8729 con TLS) "
    "y el modo de TLS."
)
TURNED_AWAY = (
    "El router cierra la conexión al entrar: puede tener abiertas todas las sesiones de API que "
    "permite (max-sessions en /ip service) o no permitir la dirección de este servidor."
)
TURNED_AWAY_FROM_TLS = (
    "El router cierra la conexión antes de cifrarla: revise el modo de TLS (sin certificado en "
    "api-ssl solo sirve el anónimo) y que no estén abiertas todas las sesiones de API que permite "
    "(max-sessions en /ip service)."
)
LOGIN_REFUSED = (
    "El router rechazó el usuario o la contraseña: corríjalos en los datos del router y revise "
    "que su grupo tenga los permisos api, read y write."
)
NOT_FOR_THIS_ADDRESS = (
    "La contraseña guardada se escribió para otra dirección del router y no se envía a la nueva: "
    "escríbala de nuevo en los datos del router, o haga otra vez su kit."
)
NO_CERTIFICATE = (
    "El router no muestra ningún certificado: ejecute en él el guion del kit, que lo crea, y "
    "revise que el puerto sea el de api-ssl."
)
TLS_FAILED = (
    "No se pudo abrir la conexión cifrada: revise que el puerto sea el de api-ssl y que el "
    "certificado del router y el modo de TLS concuerden."
)
CERTIFICATE_INVALID = (
    "El certificado del router no es válido para su dirección: instale uno emitido por una "
    "autoridad conocida o use el modo de huella."
)
CERTIFICATE_EXPIRED = (
    "El certificado del router ya venció: renuévelo en /certificate o use el modo de huella, que "
    "no mira las fechas."
)
CERTIFICATE_NOT_YET = (
    "El certificado del router vale desde una fecha que no ha llegado: revise el reloj del router "
    "y el de este servidor, y haga otro certificado si se hizo con el reloj mal."
)
CERTIFICATE_UNKNOWN = (
    "Ninguna autoridad conocida responde por el certificado del router: si lo emitió una, importe "
    "en el router también el certificado intermedio; si lo hizo el router, use el modo de huella."
)
CERTIFICATE_ELSEWHERE = (
    "El certificado del router es para otro nombre o dirección: ponga en los datos del router uno "
    "que esté en el certificado (subject-alt-name), o use el modo de huella."
)
CERTIFICATE_WEAK = (
    "El certificado del router tiene una clave o una firma que ya no protege: haga otro con "
    "key-size=2048, o use el modo de huella."
)
FINGERPRINT_DIFFERS = (
    "El certificado del router no es el registrado: si usted lo cambió, actualice la huella; si "
    "no, alguien puede estar en medio de la conexión."
)
FINGERPRINT_MISSING = "Falta la huella del certificado en los datos del router."
LEFT_ALONE = (
    "El router no ha respondido en los últimos intentos: se volverá a intentar solo, en segundos."
)
TOO_MUCH = (
    "El router respondió con muchos más datos de los que puede tener: se dejó de leer. Revise "
    "qué equipo responde en esa dirección y que no tenga miles de registros de sobra."
)
NOT_ANSWERING = "El router no está respondiendo y ya hay solicitudes en espera."
LINE_TOO_LONG = "El router está muy ocupado: no llegó el turno de esta solicitud a tiempo."
NAME_TAKEN = "Ya existe en el router un usuario con ese nombre."
PROFILE_MISSING = (
    "El perfil del plan no existe en el router: créelo en /ip hotspot user profile o elija otro."
)
NO_PERMISSION = (
    "El usuario de la API no tiene permisos suficientes: dé a su grupo los permisos read, write "
    "y api."
)
NOT_SUPPORTED = (
    "El router no conoce la orden: revise que tenga RouterOS 6 o 7 con el paquete hotspot."
)
DEVICE_MODE = (
    "El modo de dispositivo del router prohíbe el hotspot: cámbielo con /system device-mode."
)
REFUSED = "El router rechazó la orden: revise su configuración y su registro (/log)."
UNREADABLE = "El router respondió con valores que no se entienden: avise al soporte."
BAD_VALUE = "Un dato contiene caracteres que no se pueden enviar al router: corríjalo."
BAD_MAC = "La dirección MAC no es válida."
CHANGING = "El router está cambiando mientras se le consulta: se puede intentar de nuevo."
