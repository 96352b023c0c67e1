/** The least that functions-framework can serve. */
const { http } = require('@google-cloud/functions-framework');

http('trivial', (request, response) => response.send('ok'));
