/** Google's synthetic monitor as its README shows it, with the smallest probe that there can be. */
const { get } = require('node:http');

const { runSyntheticHandler } = require('@google-cloud/synthetics-sdk-api');

function probe() {
  return new Promise((resolve, reject) => {
    get(process.env.BENCH_TARGET, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
}

exports.synthetic = runSyntheticHandler(probe);
