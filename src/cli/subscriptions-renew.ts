import type { Command } from 'commander';
import { RenewDue, Subscription } from '../http/schemas/subscriptions.ts';
import { addCommand, jsonOf, withJson, type Cli } from './cli.ts';
import { statusColour, troubleOf, whatIsWatched } from './subscription-view.ts';
import { refuseUsage, subscriptionKey, typed } from './typed-values.ts';
import { oneLine, relativeTime } from './words.ts';

/** Renewing did what it should when Graph keeps the subscription, or when nobody wants it kept. */
const UNWELL = new Set<Subscription['status']>(['failing', 'removed']);

export function addRenew(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'renew',
    summary: 'renew one now, or with --due all that are due',
    description:
      'Renews a subscription at Graph now, or creates it anew where Graph has lost it. With --due all that are due, as from ' +
      'cron. Fails when any of them is failing afterwards.',
    examples: ['subscriptions renew KEY', 'subscriptions renew --due', 'subscriptions renew --due --json'],
  });
  command
    .argument('[key]', 'its key, as the list shows it', typed(command, 'key', subscriptionKey))
    .option('--due', 'all that are due');
  withJson(command).action(
    async (key: string | undefined, { due, json }: { due?: boolean; json?: boolean }) => {
      if ((key === undefined) === (due !== true))
        refuseUsage(command, 'give either the key of one subscription, or --due.');
      await (key === undefined ? renewDue(cli, json === true) : renewOne(cli, key, json === true));
    },
  );
}

async function renewOne(cli: Cli, key: string, json: boolean): Promise<void> {
  const api = await cli.api();
  const answer = await api.ask(Subscription, {
    method: 'POST',
    path: `/subscriptions/${key}/renew`,
    notFound: whatIsWatched(cli),
  });
  const { status, expiresAt } = answer.body;
  if (json) cli.print(jsonOf(answer));
  else {
    const expiry = expiresAt === null ? '' : `, expires ${relativeTime(expiresAt, cli.deps.now())}`;
    cli.print(`${key}  ${cli.terminal.paint(statusColour(status), status)}${expiry}`);
  }
  for (const line of troubleOf(answer.body)) cli.say(oneLine(line));
  if (UNWELL.has(status)) cli.exit(1);
}

async function renewDue(cli: Cli, json: boolean): Promise<void> {
  const api = await cli.api();
  const answer = await api.ask(RenewDue, { method: 'POST', path: '/subscriptions/renew-due' });
  const { renewed } = answer.body;
  const unwell = renewed.filter(({ status }) => UNWELL.has(status));
  if (json) cli.print(jsonOf(answer));
  else if (renewed.length === 0) cli.print('Nothing was due.');
  else
    cli.print(
      cli.terminal.table(
        [
          { head: 'KEY', value: ({ key }) => key },
          { head: 'STATUS', value: ({ status }) => status, colour: ({ status }) => statusColour(status) },
        ],
        renewed,
      ),
    );
  if (unwell.length === 0) return;
  cli.say(
    `${unwell.length} of ${renewed.length} could not be renewed. Why: ${cli.line(`subscriptions show ${unwell[0]?.key ?? ''}`)}`,
  );
  cli.exit(1);
}
