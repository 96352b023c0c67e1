/** The least that functions-framework can serve. */
exports.trivial = (request, response) => response.send('ok');
