// Describes the effect of a request in the audit log, by its method and path. ConsoleTextsTest compares the list with
// the endpoints.
import {plain} from './format.js';
import {t} from './text.js';

const REQUESTS = {
  'POST /runs': 'audit_run_create',
  'PATCH /runs/{}': 'audit_run_change',
  'DELETE /runs/{}': 'audit_run_delete',
  'POST /runs/{}/start': 'audit_run_start',
  'POST /runs/{}/pause': 'audit_run_pause',
  'POST /runs/{}/resume': 'audit_run_resume',
  'POST /runs/{}/cancel': 'audit_run_cancel',
  'PUT /runs/{}/model': 'audit_run_model',
  'POST /runs/{}/audit': 'audit_run_audit',
  'DELETE /runs/{}/members/{}': 'audit_member_remove',
  'GET /export': 'audit_export',
  'GET /runs/{}/export': 'audit_run_export',
  'GET /runs/{}/rounds/{}/model': 'audit_run_download',
  'GET /models/{}/export': 'audit_model_export',
  'GET /models/{}/versions/{}': 'audit_version_download',
  'POST /deletions': 'audit_deletions',
  'POST /import': 'audit_import',
  'PUT /models/{}': 'audit_model_describe',
  'DELETE /models/{}': 'audit_model_delete',
  'POST /models/{}/versions': 'audit_version_publish',
  'POST /models/{}/versions/upload': 'audit_version_upload',
  'PUT /models/{}/versions/{}/metadata': 'audit_version_metadata',
  'DELETE /models/{}/versions/{}': 'audit_version_delete',
  'PUT /models/{}/aliases/{}': 'audit_alias_set',
  'DELETE /models/{}/aliases/{}': 'audit_alias_remove',
  'POST /models/{}/aliases/{}/rollback': 'audit_alias_rollback',
  'POST /models/{}/aliases/{}/protection': 'audit_alias_protect',
  'POST /models/{}/aliases/{}/protection/release': 'audit_alias_release',
  'POST /rollouts': 'audit_rollout_create',
  'POST /rollouts/{}/approve': 'audit_rollout_approve',
  'POST /rollouts/{}/pause': 'audit_rollout_pause',
  'POST /rollouts/{}/resume': 'audit_rollout_resume',
  'POST /rollouts/{}/skip': 'audit_rollout_skip',
  'POST /rollouts/{}/stop': 'audit_rollout_stop',
  'POST /experiments': 'audit_experiment_create',
  'POST /experiments/{}/start': 'audit_experiment_start',
  'POST /experiments/{}/stop': 'audit_experiment_stop',
  'DELETE /experiments/{}': 'audit_experiment_delete',
  'POST /evaluations': 'audit_evaluation_create',
  'POST /evaluations/{}/cancel': 'audit_evaluation_end',
  'DELETE /evaluations/{}': 'audit_evaluation_delete',
  'PATCH /clients/labels': 'audit_devices_label',
  'PATCH /clients/{}/labels': 'audit_device_label',
  'DELETE /clients/{}': 'audit_device_revoke',
  'DELETE /clients/{}/record': 'audit_device_delete',
  'POST /enrolment-tokens': 'audit_enrolment_token_create',
  'DELETE /enrolment-tokens/{}': 'audit_enrolment_token_revoke',
  'DELETE /enrolment-tokens/{}/record': 'audit_enrolment_token_delete',
  'POST /access-tokens': 'audit_access_token_create',
  'DELETE /access-tokens/{}': 'audit_access_token_revoke',
  'POST /webhooks': 'audit_webhook_create',
  'DELETE /webhooks/{}': 'audit_webhook_delete',
  'POST /webhooks/{}/test': 'audit_webhook_test',
  'POST /webhooks/{}/deliveries/{}/redeliver': 'audit_webhook_redeliver',
};

const matchers = Object.entries(REQUESTS).map(([request, text]) => [new RegExp('^' + request.replaceAll('{}', '([^/]+)') + '$'), text]);

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

/** Describes the effect of an entry in words; undefined for a request outside the API. */
export function deed({method, path, run}) {
  const [place, query] = path.replace(/^\/api\/v1/, '').split('?');
  for (const [matcher, text] of matchers) {
    const found = matcher.exec(`${method} ${place}`);
    if (!found) continue;
    const parts = found.slice(1).map(part => plain(decoded(part)));
    const said = t(text, ...(parts.length ? parts : [plain(run ?? '')])).trim();
    return new URLSearchParams(query).get('dryRun') === 'true' ? t('audit_dry_run', said) : said;
  }
  return undefined;
}
