/** People and texts for the fake program: enough to see each state of the page. */
import type {
  Account,
  DocumentNode,
  Draft,
  DraftStatus,
  Email,
  HistoryEntry,
  Outgoing,
  ProviderStatus,
} from './bindings';
import type { Fake } from './fake';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function text(value: string, ...marks: string[]): DocumentNode {
  return marks.length
    ? { type: 'text', text: value, marks: marks.map((type) => ({ type })) }
    : { type: 'text', text: value };
}

function p(...content: (string | DocumentNode)[]): DocumentNode {
  return { type: 'paragraph', content: content.map((c) => (typeof c === 'string' ? text(c) : c)) };
}

function list(...items: string[]): DocumentNode {
  return { type: 'bulletList', content: items.map((i) => ({ type: 'listItem', content: [p(i)] })) };
}

function doc(...content: DocumentNode[]): DocumentNode {
  return { type: 'doc', content };
}

function account(isDefault: boolean): Account {
  return {
    id: crypto.randomUUID(),
    kind: 'gmail',
    subject: '1',
    email: 'mira.lindqvist@gmail.com',
    displayName: 'Mira Lindqvist',
    server: null,
    scopes: ['openid', 'email', 'https://www.googleapis.com/auth/gmail.compose'],
    aliases: [],
    abilities: { send: true, safeSend: true, read: false },
    needsSignIn: false,
    needsSignInReason: null,
    isDefault,
    lastUsedAt: null,
    createdAt: Date.now(),
  };
}

function outlookAccount(isDefault: boolean): Account {
  return {
    ...account(isDefault),
    kind: 'outlook',
    subject: '2',
    email: 'mira.lindqvist@outlook.com',
    scopes: ['Mail.Send', 'Mail.ReadWrite'],
  };
}

function practiceAccount(isDefault: boolean): Account {
  return {
    ...account(isDefault),
    kind: 'practice',
    subject: 'practice',
    email: 'practice@draftwell.invalid',
    displayName: '',
    scopes: [],
  };
}

/** The request a provider would get. */
function outgoing(provider: ProviderStatus, draft: string): Outgoing {
  const system = 'You edit e-mails.';
  const user = `The draft stands between <draft-1> and </draft-1>.\n\n<draft-1>\n${draft}\n</draft-1>`;
  return {
    provider: provider.id,
    name: provider.name,
    model: provider.model,
    address: `${provider.baseUrl}/chat/completions`,
    headers: [{ name: 'content-type', value: 'application/json' }],
    system,
    user,
    body: JSON.stringify({ model: provider.model, messages: [system, user] }),
    staysHere: provider.id === 'local',
  };
}

function sent(email: Email, body: string): HistoryEntry {
  return {
    id: crypto.randomUUID(),
    contactId: null,
    emailId: email.id,
    direction: 'sent',
    kind: null,
    sender: null,
    recipients: [...email.to, ...email.cc, ...email.bcc],
    subject: email.subject,
    snippet: body.slice(0, 160),
    confirmed: true,
    isPractice: false,
    at: Date.now(),
  };
}

const PEOPLE: [name: string, email: string, company: string, role: string][] = [
  ['Anna Weber', 'anna.weber@nordlicht.example', 'Nordlicht GmbH', 'Head of Procurement'],
  ['Tunde Okonkwo', 'tunde@okonkwo-partners.example', 'Okonkwo & Partners', 'Partner'],
  ['Yuki Tanaka', 'y.tanaka@hoshi.example', 'Hoshi Labs', 'CTO'],
  ['Léa Moreau', 'lea.moreau@atelier.example', 'Atelier Moreau', 'Founder'],
  ['Samir Haddad', 'samir@haddad.example', 'Haddad Ventures', 'Investor'],
];

function fill(fake: Fake, extra: number): void {
  const now = Date.now();
  for (const [name, email, company, role] of PEOPLE) {
    const id = crypto.randomUUID();
    fake.contacts.set(id, {
      id,
      name,
      firstName: name.split(' ')[0]!,
      email,
      company,
      role,
      notes: '',
      priority: 0,
      stage: 'lead',
      createdAt: now,
      updatedAt: now,
    });
  }
  const signature = {
    id: '5d0c6f8e-2f0e-4c4e-9a67-2a1b3c4d5e6f',
    name: 'Work',
    body: doc(p('Mira Lindqvist'), p('Fjord Analytics · +46 8 123 45 67')),
    html: '<p><strong>Mira Lindqvist</strong><br>Fjord Analytics · +46 8 123 45 67</p>',
    isDefault: true,
    isFormalDefault: true,
    isCasualDefault: false,
    usageCount: 12,
    usedByDrafts: 1,
    createdAt: now,
    updatedAt: now,
  };
  fake.signatures.set(signature.id, signature);
  fake.signatures.set('6d0c6f8e-2f0e-4c4e-9a67-2a1b3c4d5e6f', {
    ...signature,
    id: '6d0c6f8e-2f0e-4c4e-9a67-2a1b3c4d5e6f',
    name: 'Just me',
    body: doc(p('Mira')),
    html: '<p>Mira</p>',
    isDefault: false,
    isFormalDefault: false,
    isCasualDefault: true,
  });

  const contacts = [...fake.contacts.values()];
  const add = (
    ago: number,
    person: number | null,
    subject: string,
    body: DocumentNode,
    more: Partial<Draft> = {},
  ) => {
    const contact = person === null ? undefined : contacts[person];
    const draft: Draft = {
      id: crypto.randomUUID(),
      contactId: contact?.id ?? null,
      accountId: null,
      fromAddress: null,
      to: contact ? [{ name: contact.name, address: contact.email }] : [],
      cc: [],
      bcc: [],
      subject,
      body,
      attachments: [],
      signatureId: null,
      signatureChosen: false,
      purpose: null,
      tone: null,
      context: '',
      styleScore: null,
      revision: 3,
      status: 'draft' as DraftStatus,
      errorCode: null,
      errorMessage: null,
      createdAt: now - ago - HOUR,
      updatedAt: now - ago,
      deletedAt: null,
      ...more,
    };
    fake.drafts.set(draft.id, draft);
  };

  add(
    2 * MINUTE,
    0,
    'Pilot in March: scope and next steps',
    doc(
      p('Hi Anna,'),
      p(
        'thanks for the call on Tuesday, I really enjoyed it. I think we can start the pilot on ',
        text('10 March at 14:00', 'bold'),
        ' if your team is okay with that. Here is what we would need from you:',
      ),
      list(
        'read access to the delivery data of the last 12 months',
        'one person who knows the routes, about two hours a week',
        'a short note to the drivers',
      ),
      p(
        'The price stays at €4,800 for the three months as discussed. I attached nothing on purpose, the ',
        {
          type: 'text',
          text: 'one-page summary',
          marks: [{ type: 'link', attrs: { href: 'https://fjord.example/pilot' } }],
        },
        ' is online.',
      ),
      p('Best'),
      { type: 'signature', attrs: { id: signature.id } },
    ),
    { signatureId: signature.id, cc: [{ address: 'projects@nordlicht.example' }] },
  );
  add(
    50 * MINUTE,
    1,
    'Re: Term sheet, two questions',
    doc(p('Dear Mr Okonkwo, before we sign I have two small questions about section 4.')),
  );
  add(
    5 * HOUR,
    null,
    '',
    doc(p('ask the landlord about the heating, it has been three weeks now and nobody came')),
    { to: [{ address: 'hausverwaltung@example.org' }] },
  );
  add(
    DAY + 2 * HOUR,
    2,
    'ご挨拶とデモのご提案',
    doc(p('田中様、先日はお時間をいただきありがとうございました。')),
  );
  add(
    2 * DAY,
    3,
    'Invoice 2026-118',
    doc(p('Bonjour Léa, vous trouverez la facture dans votre espace client.')),
    {
      status: 'failed',
      errorCode: 'GMAIL_API_ERROR',
      errorMessage: 'Gmail refused the message: the address of Léa Moreau does not exist.',
    },
  );
  add(9 * DAY, 4, 'مرحبا سمير، متابعة لاجتماعنا', doc(p('شكرا على وقتك يوم الاثنين.')));
  add(40 * DAY, null, 'Application: Research Engineer', doc(p('Dear hiring team,')), {
    to: [{ name: 'Careers', address: 'jobs@institute.example' }],
  });
  for (let i = 0; i < extra; i++) {
    add((41 + i) * DAY, i % 5, `Older draft ${i + 1}`, doc(p(`Some text number ${i + 1}.`)));
  }
}

/** What `fake.ts` takes from here. */
export const demo = { account, outlookAccount, practiceAccount, sent, outgoing, fill };
