/** How the probes name themselves to the product, in its logs and firewall rules. */

/** Version of this package; a test holds it equal to `package.json`. */
export const version = '0.1.0';

/**
 * Names the monitor so that its requests can be found, and holds none of the words (bot, crawler, spider, scraper,
 * scanner, test, e2e) on which firewalls block and products switch to a bypass.
 */
export const userAgent = `golden-path-synthetics/${version}`;
