/** The functions as many would write them: everything is loaded at the start. For comparison only. */
import '@google-cloud/firestore';
import '@google-cloud/monitoring';
import '@slack/web-api';
import 'yaml';

import '../../../functions/agent/probe.ts';
import '../../../functions/auth/probe.ts';
import '../../../functions/health/probe.ts';
import '../../../functions/websocket/probe.ts';
import '../../../functions/index.ts';
