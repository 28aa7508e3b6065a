// Stands in for a function whose own code was never deployed; see index.py.
export const handler = async () => ({ statusCode: 503, body: "This function waits for its first deployment." });
