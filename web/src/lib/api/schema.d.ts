/** Written by `npm run api` from openapi/openapi.json. Do not edit. */

export interface paths {
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The installation's audit log. */
        get: {
            parameters: {
                query?: {
                    /** @description An action; all that begin so with a `.` or `*` at its end. */
                    action?: string;
                    /** @description A part of the person's address, or their id. */
                    actor?: string;
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description Not older than this. */
                    from?: components["schemas"]["At"];
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    outcome?: components["schemas"]["AuditOutcome"];
                    /** @description A part of the action, a name or the detail. */
                    q?: string;
                    /** @description A part of the target's id or name. */
                    target?: string;
                    /** @description Older than this. */
                    to?: components["schemas"]["At"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the installation's log can be filtered by. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditActions"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The installation's audit log as CSV or JSON Lines, the oldest first. */
        get: {
            parameters: {
                query: {
                    /** @description An action; all that begin so with a `.` or `*` at its end. */
                    action?: string;
                    /** @description A part of the person's address, or their id. */
                    actor?: string;
                    /** @description `csv` or `jsonl` (JSON Lines). */
                    format: string;
                    /** @description Not older than this. */
                    from?: components["schemas"]["At"];
                    outcome?: components["schemas"]["AuditOutcome"];
                    /** @description A part of the action, a name or the detail. */
                    q?: string;
                    /** @description A part of the target's id or name. */
                    target?: string;
                    /** @description Older than this. */
                    to?: components["schemas"]["At"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Binary"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Follows the installation's chain from its start to its head. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditVerified"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/avatars/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A person's picture of 128 x 128. To be asked for anew each time, since rights change; the tag spares the bytes. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Binary"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/console-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Console sessions of all tenants. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description Ended for this reason alone. */
                    end_reason?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description In this state alone. */
                    state?: components["schemas"]["ConsoleState"];
                    /** @description Of this tenant alone. */
                    tenant?: string;
                    /** @description Of this person alone. */
                    user?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsoleSessionList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/console-sessions/{session}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a console. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    session: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndIn"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/console/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The console's WebSocket (RFC 6455; subprotocol `binary`). The session id works once. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    session: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description RFB over WebSocket; ends with a close code */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accepts an invitation, with the signed-in account or a new one (which is then signed in). */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AcceptIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Accepted"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an invitation is for. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SecretIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitationLook"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed-in person. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes what a person says of themselves; what is left out stays as it is. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MeIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/me/avatar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Takes a JPEG, PNG or WebP of at most 2 MiB as the own picture. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": components["schemas"]["Binary"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes the own picture. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says the password once more, for delicate changes within the next 15 minutes. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConfirmIn"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a link to the new address; following it changes the address. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EmailIn"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes the own password; ends all other sessions. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordIn"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own sessions. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Ends all own sessions but this one. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends one own session. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    session: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own tokens. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApiTokenList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a token. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ApiTokenIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewApiToken"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token; what it does now ends. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a link to the own address; following it verifies it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a reset link, if there is such an account; the answer is always the same. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResetIn"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password-reset/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets a password with a reset link; ends all sessions of the account. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResetUseIn"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The servers of all tenants. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AnyServerList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Gives a tenant a server, limited to some guests. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProvidedServerIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProvidedServer"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/{server}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A provided server. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProvidedServer"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Changes a provided server; `If-Match` says which version of it. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    server: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProvidedServerIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProvidedServer"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes a provided server back, with everything that hangs on it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/{server}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tests a provided server on each of its ways. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerTest"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tests a connection that is to be provided, on each of its ways. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProvidedServerIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerTest"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the set-up is still to be done. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetupState"];
                    };
                };
            };
        };
        put?: never;
        /** Makes the first admin and their tenant, and signs them in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetupIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in with e-mail and password; the answer sets the session cookie. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignInIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the sign-in page of a tenant looks. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    slug: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInPage"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/{slug}/logo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The logo on it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    slug: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Binary"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session, its consoles and its event streams. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the installation is doing. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["System"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system/test-mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test e-mail to oneself now and says what the mail server answered. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TestMail"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All tenants. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description What to look for. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrganisationList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a tenant. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OrganisationNewIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrganisationMade"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tenant"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a tenant with everything that is its own; its audit log ends in the installation's. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes a tenant; for system admins. */
        patch: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OrganisationIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Organisation"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description Of this server alone. */
                    server?: string;
                    state?: components["schemas"]["AlertFilter"];
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/alerts/{alert}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that somebody looks after an alert; twice does nothing more. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    alert: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alert"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/alerts/test-mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test mail to the tenant's alert address, or else to oneself. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TestMailSent"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All assignments; with a guest also those by its pool and tags, with a user also those of their groups. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description A group's. */
                    group?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description What to look for. */
                    q?: string;
                    /** @description On a server; with `type` and `vmid`, on that guest. */
                    server?: string;
                    type?: components["schemas"]["GuestKind"];
                    /** @description A person's, with those of their groups. */
                    user?: string;
                    vmid?: number;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AssignmentList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Gives rights. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AssignmentIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Assignment"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/assignments/{assignment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes rights; `If-Match` says which version of them. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    assignment: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AssignmentChangeIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Assignment"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes rights away. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    assignment: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/assignments/{assignment}/wake": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that the guest which has the vmid now is the one that was meant. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    assignment: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Assignment"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/assignments/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives rights by CSV: `email,server,vmid,pool,tag,permissions,until`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CsvIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Import"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant's audit log. */
        get: {
            parameters: {
                query?: {
                    /** @description An action; all that begin so with a `.` or `*` at its end. */
                    action?: string;
                    /** @description A part of the person's address, or their id. */
                    actor?: string;
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description Not older than this. */
                    from?: components["schemas"]["At"];
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    outcome?: components["schemas"]["AuditOutcome"];
                    /** @description A part of the action, a name or the detail. */
                    q?: string;
                    /** @description A part of the target's id or name. */
                    target?: string;
                    /** @description Older than this. */
                    to?: components["schemas"]["At"];
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/audit/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the tenant's log can be filtered by. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditActions"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant's audit log as CSV or JSON Lines, the oldest first. */
        get: {
            parameters: {
                query: {
                    /** @description An action; all that begin so with a `.` or `*` at its end. */
                    action?: string;
                    /** @description A part of the person's address, or their id. */
                    actor?: string;
                    /** @description `csv` or `jsonl` (JSON Lines). */
                    format: string;
                    /** @description Not older than this. */
                    from?: components["schemas"]["At"];
                    outcome?: components["schemas"]["AuditOutcome"];
                    /** @description A part of the action, a name or the detail. */
                    q?: string;
                    /** @description A part of the target's id or name. */
                    target?: string;
                    /** @description Older than this. */
                    to?: components["schemas"]["At"];
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Binary"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Follows the tenant's chain from its start or checkpoint to its head. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditVerified"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/bulk-actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest actions on many guests: one's own, or everybody's for managers and up. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkActionList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Works a power switch on many guests. Each guest's right is asked when its turn comes; how it goes on comes as events. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BulkIn"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkActionDetail"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/bulk-actions/{bulk}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One action on many guests with each of them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    bulk: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkActionDetail"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/bulk-actions/{bulk}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins no more guests; what runs is left to end. Twice does nothing more. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    bulk: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkAction"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Checks and calls, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description Those that failed, or those that did not, alone. */
                    failed?: boolean;
                    /** @description Of this kind alone. */
                    kind?: components["schemas"]["CheckKind"];
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description Of this server alone. */
                    server?: string;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/console-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Console sessions: all of the tenant for admins, one's own otherwise. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description Ended for this reason alone. */
                    end_reason?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description The guest's server; with `type` and `vmid`. */
                    server?: string;
                    /** @description In this state alone. */
                    state?: components["schemas"]["ConsoleState"];
                    /** @description VM or container; with `server` and `vmid`. */
                    type?: components["schemas"]["GuestKind"];
                    /** @description Of this person alone; who sees only their own finds nothing of others. */
                    user?: string;
                    /** @description The guest's number; with `server` and `type`. */
                    vmid?: number;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsoleSessionList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/console-sessions/{session}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a console: any for admins, one's own otherwise. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    session: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndIn"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant's events. Ends with `ended` when the right to them does. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/favourites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own favourites that one sees now, the oldest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuestRefList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The groups. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GroupList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a group. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GroupIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Group"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/groups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a group; `If-Match` says which version of it. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    group: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GroupIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Group"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a group, with its assignments. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    group: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The guests that the person may see, by name. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 1000; 500 unless given. */
                    limit?: number;
                    /** @description Part of a name, number, tag, pool or server's name, or, for managers and up, of a node. */
                    q?: string;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuestList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One guest. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Guest"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Works a power switch. The answer is a task; how it goes on comes as events. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ActIn"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Task"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** IP addresses. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuestAddresses"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The configuration, as PVE has it now. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuestConfig"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/console": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks for a console. Which right that needs stands in the body: watching needs less than working. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsoleIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Console"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/favourite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Marks a guest. Twice does nothing more. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes the mark away; fine where there is none. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/rrd": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures over time. */
        get: {
            parameters: {
                query?: {
                    /** @description Averages unless given. */
                    consolidation?: components["schemas"]["Consolidation"];
                    /** @description How far back; an hour unless given. */
                    timeframe?: components["schemas"]["Timeframe"];
                };
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuestFigures"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The guest's snapshots, oldest first, as PVE has them now. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SnapshotList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a snapshot. The answer is a task; how it goes on comes as events. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SnapshotIn"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Task"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a snapshot; its children become its parent's. The answer is a task. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    snapshot: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Task"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes what is said of a snapshot. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    snapshot: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SnapshotEditIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Snapshot"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes back to a snapshot; what came after is lost. The answer is a task. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    snapshot: string;
                    tenant: string;
                    type: components["schemas"]["GuestKind"];
                    vmid: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RollbackIn"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Task"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pending invitations. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitationList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/invitations/{invitation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes an invitation back. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    invitation: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/invitations/{invitation}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new link and another seven days. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    invitation: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitationMade"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/logo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The logo. An address with `v=` and its tag may be kept. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Binary"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Takes a JPEG, PNG, WebP or SVG of at most 2 MiB as the logo. It is made anew, at most 1024 pixels a side. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": components["schemas"]["Binary"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Logo"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes the logo away; fine where there is none. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The members. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description What to look for. */
                    q?: string;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MemberList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a person whom one may find, or invites the address. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MemberAddIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MemberAdded"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a member, with their assignments here. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes the role, or disables or enables an account that is solely this tenant's; `If-Match` says which version. */
        patch: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    tenant: string;
                    user: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MemberIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Member"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/members/{user}/reset-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A password link for an account that is solely this tenant's. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Link"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/members/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds and invites by CSV: `email,role`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CsvIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Roster"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures of all servers. */
        get: {
            parameters: {
                query?: {
                    /** @description Hours unless given. */
                    span?: components["schemas"]["MetricSpan"];
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MetricsOverview"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/notification-preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How notifications reach one. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotificationPreferences"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Changes how notifications reach one. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NotificationPreferences"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotificationPreferences"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own notifications. */
        get: {
            parameters: {
                query?: {
                    /** @description Only these. */
                    category?: components["schemas"]["NotificationCategory"];
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description Only unread ones. */
                    unread?: boolean;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotificationList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/notifications/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Marks notifications as read. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReadIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Unread"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Autocomplete: verified people of tenants that one administers and who are no members here. */
        get: {
            parameters: {
                query: {
                    /** @description The beginning of a name or an address. */
                    q: string;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PersonList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/pve-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own calls. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PveCallList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Forgets one's own calls. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/pve-favourites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The calls that one keeps. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PveFavouriteList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Keeps a call; the same twice is one. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PveFavouriteIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PveFavourite"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/pve-favourites/{favourite}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Keeps a call no more. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    favourite: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/recent-guests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recently used guests. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecentGuestList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant's servers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a server. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ServerIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Server"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One server. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Server"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Changes a server; `If-Match` says which version of it. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ServerIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Server"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a server with everything that hangs on it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/attached": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What hangs on a server. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerAttached"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Checks a server now, and waits for the result. Asked again within two seconds it answers the same. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerCheck"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/config-plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which paths are kept; a proposal until it is saved. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigPlan"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Says which paths are kept; `If-Match` says which version of the plan is changed, `"0"` for the first. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConfigPlanIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigPlan"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/config-snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was kept. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                };
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigSnapshotList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Asks PVE now, and keeps what it says. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigSnapshot"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/config-snapshots/{snapshot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them, with what was answered. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    snapshot: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigSnapshotDetail"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Forgets one; for admins. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    snapshot: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures of one server. */
        get: {
            parameters: {
                query?: {
                    /** @description Hours unless given. */
                    span?: components["schemas"]["MetricSpan"];
                };
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerMetrics"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/pve/call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a call, as the gateway would. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PveCallIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PveAnswer"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/pve/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The API tree of a server. */
        get: {
            parameters: {
                query?: {
                    /** @description Otherwise an answer may be an hour old. */
                    fresh?: boolean;
                };
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PveSchema"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/{server}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tests a stored server on each of its ways. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    server: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerTest"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest check of all servers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckRunState"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Checks all active servers now; who asks while a run is under way gets that run. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckRun"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant's own servers as CSV, without tokens. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Binary"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds servers by CSV: `name,host,port,api_token,verify_ssl,use_tailscale,tailscale_hostname,tailscale_port,connection_timeout,fingerprint`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CsvIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerImport"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/servers/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tests a connection that is not stored, stage by stage, on each of its ways. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ServerIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerTest"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The settings. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Settings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Changes the settings; `If-Match` says which version of them. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SettingsIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Settings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the tenant has and uses now. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LiveStats"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of tasks, newest first: one's own, or everybody's for managers and up. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description Only one's own. */
                    own?: boolean;
                    /** @description The guest's server; with `type` and `vmid`. */
                    server?: string;
                    /** @description Only those in this state. */
                    state?: components["schemas"]["TaskState"];
                    /** @description VM or container; with `server` and `vmid`. */
                    type?: components["schemas"]["GuestKind"];
                    /** @description The guest's number; with `server` and `type`. */
                    vmid?: number;
                };
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TaskList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/tasks/{task}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One task. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    task: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Task"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/tasks/{task}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A part of a task's log in PVE's words, for those who may know the inside of the server. */
        get: {
            parameters: {
                query?: {
                    /** @description The first line, from 1 on. */
                    from?: number;
                    /** @description How many lines, 1 to 500; 500 unless given. */
                    limit?: number;
                };
                header?: never;
                path: {
                    task: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TaskLog"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/tasks/{task}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks PVE to stop a running task: one's own, or any for managers and up. How it ends comes as an event. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    task: string;
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Task"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own views. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedViewList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Keeps a view. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SavedViewIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/views/{view}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a view; `If-Match` says which version of it. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    tenant: string;
                    view: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SavedViewIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Forgets a view. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                    view: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant's webhooks. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a webhook. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookWithSecret"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a webhook; `If-Match` says which version of it. */
        put: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    tenant: string;
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a webhook with its deliveries. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sent to a webhook. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                };
                header?: never;
                path: {
                    tenant: string;
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries/{delivery}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a failed delivery again now, and waits for the answer. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    delivery: string;
                    tenant: string;
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookDelivery"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/webhooks/{webhook}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new secret; the old one counts no more. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookWithSecret"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{tenant}/webhooks/{webhook}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test event now and waits for the answer, 10 s at most. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant: string;
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookDelivery"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All accounts. */
        get: {
            parameters: {
                query?: {
                    /** @description From the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 200; 50 unless given. */
                    limit?: number;
                    /** @description What to look for. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountList"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes an account. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AccountNewIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountMade"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One account. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Account"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes an account with everything that hangs on it; where it is a tenant's last admin, `successor` takes its place. */
        delete: {
            parameters: {
                query?: {
                    /** @description Becomes admin where the person is a tenant's last one. */
                    successor?: string;
                };
                header?: never;
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes an account. */
        patch: {
            parameters: {
                query?: never;
                header: {
                    "if-match": string;
                };
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AccountIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Account"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/users/{user}/end-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs a person out everywhere. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/reset-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A link with which a new password is chosen. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Link"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Follows a link that was sent to an address. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SecretIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Verified"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Where the invitation led. */
        Accepted: {
            /** @description The tenant's name in URLs. */
            slug: string;
        };
        /** @description The secret of an invitation; name and password make a new account, without them the signed-in one accepts. */
        AcceptIn: {
            full_name?: string | null;
            password?: string | null;
            /** @description From the link's fragment. */
            secret: string;
        };
        /** @description A person's account, as system admins see it. */
        Account: {
            /** @description Names the picture; null without one. */
            avatar?: string | null;
            company: string;
            created_at: components["schemas"]["At"];
            email: string;
            full_name: string;
            /** Format: uuid */
            id: string;
            /** @description Whether they may sign in. */
            is_active: boolean;
            last_seen_at?: components["schemas"]["At"] | null;
            /**
             * Format: int64
             * @description How many browsers they are signed in with.
             */
            sessions: number;
            system_role: components["schemas"]["SystemRole"];
            tenants: components["schemas"]["Membership"][];
            user_name?: string | null;
            /** @description Whether their address is known to reach them. */
            verified: boolean;
            /**
             * Format: int64
             * @description To send as `If-Match` with a change.
             */
            version: number;
        };
        /** @description What changes of an account. */
        AccountIn: {
            /** @description Another address counts as verified unless `verified` says otherwise. */
            email?: string | null;
            full_name?: string | null;
            is_active?: boolean | null;
            system_role?: components["schemas"]["SystemRole"] | null;
            verified?: boolean | null;
        };
        /** @description A page of accounts, by address. */
        AccountList: {
            accounts: components["schemas"]["Account"][];
            next_cursor?: string | null;
            /** Format: int64 */
            total: number;
        };
        /** @description A new account, and the link with which its owner chooses a password. */
        AccountMade: {
            account: components["schemas"]["Account"];
            link: components["schemas"]["Link"];
        };
        /** @description A new account; a link for its password comes back. */
        AccountNewIn: {
            email: string;
            full_name: string;
            system_role: components["schemas"]["SystemRole"];
        };
        /** @description Which switch. */
        ActIn: {
            action: components["schemas"]["PowerAction"];
            /** @description For a shutdown: stop the guest when it has not shut down in time. */
            force_stop?: boolean | null;
            /**
             * Format: int32
             * @description For a shutdown: how long the guest may take, 10 to 3600 s; PVE's own time unless given.
             */
            timeout_seconds?: number | null;
        };
        /**
         * @description Whether a guest's addresses are known, and why not.
         * @enum {string}
         */
        AddressState: "known" | "stopped" | "not_configured" | "not_running" | "no_privilege" | "not_supported";
        /** @description Something that is wrong with a server, or (network) with all at once: then `server` is null and its name empty. */
        Alert: {
            acknowledged_at?: components["schemas"]["At"] | null;
            acknowledged_by?: string | null;
            /** @description Null where the server is provided. */
            detail?: string | null;
            /** Format: uuid */
            id: string;
            opened_at: components["schemas"]["At"];
            resolved_at?: components["schemas"]["At"] | null;
            rule: components["schemas"]["AlertRule"];
            /** Format: uuid */
            server?: string | null;
            server_name: string;
            state: components["schemas"]["AlertState"];
            /**
             * Format: int64
             * @description What would have been good enough then, in the same unit.
             */
            threshold: number;
            /**
             * Format: int64
             * @description What was measured when it opened: percent, milliseconds or seconds, by rule.
             */
            value?: number | null;
        };
        /**
         * @description Which alerts by state.
         * @enum {string}
         */
        AlertFilter: "active" | "resolved";
        /** @description Alerts, newest first. */
        AlertList: {
            /**
             * Format: int64
             * @description How many of the tenant are not over.
             */
            active: number;
            alerts: components["schemas"]["Alert"][];
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many of the tenant nobody took.
             */
            open: number;
        };
        /**
         * @description What an alert is about.
         * @enum {string}
         */
        AlertRule: "success_rate" | "latency" | "offline" | "network";
        /**
         * @description How far an alert is.
         * @enum {string}
         */
        AlertState: "open" | "acknowledged" | "resolved";
        /** @description A server of any tenant. */
        AnyServer: {
            data_at?: components["schemas"]["At"] | null;
            error?: string | null;
            /** @description To send as `If-Match` with a change. */
            etag: string;
            guests: components["schemas"]["GuestCount"];
            host: string;
            /** Format: uuid */
            id: string;
            is_active: boolean;
            name: string;
            origin: components["schemas"]["ServerOrigin"];
            /** Format: int32 */
            port: number;
            scope?: components["schemas"]["GuestScope"] | null;
            status: components["schemas"]["ServerStatus"];
            tenant: components["schemas"]["TenantName"];
            /** @description PVE's. */
            version?: string | null;
        };
        /** @description All servers, by tenant and name. */
        AnyServerList: {
            servers: components["schemas"]["AnyServer"][];
        };
        /** @description What programs sign in with. */
        ApiToken: {
            created_at: components["schemas"]["At"];
            expires_at: components["schemas"]["At"];
            /** Format: uuid */
            id: string;
            name: string;
            /** @description `USER@REALM!NAME`, as PVE's clients want it. */
            pve_id: string;
            scopes: components["schemas"]["TokenScope"][];
            server?: components["schemas"]["TokenServer"] | null;
            tenant?: components["schemas"]["TenantName"] | null;
            used_address?: string | null;
            used_at?: components["schemas"]["At"] | null;
        };
        /** @description A token to make. */
        ApiTokenIn: {
            /** Format: int64 */
            expires_in_days: number;
            /** @description A letter, then letters, digits, `.`, `-` and `_`. */
            name: string;
            scopes: components["schemas"]["TokenScope"][];
            /**
             * Format: uuid
             * @description Of that tenant.
             */
            server?: string | null;
            /** Format: uuid */
            tenant?: string | null;
        };
        /** @description One's own tokens, the newest first. */
        ApiTokenList: {
            /** @description How many more there may be. */
            may_make: number;
            tokens: components["schemas"]["ApiToken"][];
        };
        /** @description Rights on guests. */
        Assignment: {
            /** @description The guest is gone, or another one has its number: an admin says which is meant. */
            asleep: boolean;
            created_at: components["schemas"]["At"];
            expired: boolean;
            /** @description How many guests it covers now. */
            guests: number;
            /** Format: uuid */
            id: string;
            permissions: components["schemas"]["GuestRight"][];
            subject: components["schemas"]["Subject"];
            target: components["schemas"]["Target"];
            until?: components["schemas"]["At"] | null;
            /**
             * Format: int64
             * @description To send as `If-Match` with a change.
             */
            version: number;
        };
        /** @description Rights to change. */
        AssignmentChangeIn: {
            permissions: components["schemas"]["GuestRight"][];
            until?: components["schemas"]["At"] | null;
        };
        /** @description Rights to give. */
        AssignmentIn: {
            permissions: components["schemas"]["GuestRight"][];
            subject: components["schemas"]["SubjectIn"];
            target: components["schemas"]["TargetIn"];
            until?: components["schemas"]["At"] | null;
        };
        /** @description A page of assignments, the newest first. */
        AssignmentList: {
            assignments: components["schemas"]["Assignment"][];
            next_cursor?: string | null;
        };
        /** Format: date-time */
        At: string;
        /** @description Every action that the log has. */
        AuditActions: {
            actions: string[];
        };
        /** @description Who did it. */
        AuditActor: {
            /** Format: uuid */
            id?: string | null;
            /** @description `user` or `system`. */
            kind: string;
            name: string;
        };
        /** @description One recorded action. */
        AuditEntry: {
            /** @description What was done, `noun.verb`. */
            action: string;
            actor: components["schemas"]["AuditActor"];
            /** @description From where; empty for Nexus itself. */
            address: string;
            after?: components["schemas"]["AuditState"] | null;
            at: components["schemas"]["At"];
            before?: components["schemas"]["AuditState"] | null;
            /** @description Why it ended so. */
            detail?: string | null;
            /** Format: uuid */
            id: string;
            outcome: components["schemas"]["AuditOutcome"];
            request_id?: string | null;
            /**
             * Format: int64
             * @description Its number in the chain; null in the seconds until it is chained.
             */
            seq?: number | null;
            target: components["schemas"]["AuditTarget"];
            /** @description The name of the token, if a program acted for the person. */
            token?: string | null;
            user_agent: string;
        };
        /** @description A page of the log, the newest first. */
        AuditList: {
            entries: components["schemas"]["AuditEntry"][];
            next_cursor?: string | null;
        };
        /**
         * @description How an action ended.
         * @enum {string}
         */
        AuditOutcome: "ok" | "refused" | "failed" | "intent";
        /** @description What a thing was, as JSON; no secrets. */
        AuditState: unknown;
        /** @description On what. */
        AuditTarget: {
            id: string;
            kind: string;
            name: string;
        };
        /** @description Whether the chain is whole. */
        AuditVerified: {
            /**
             * Format: int64
             * @description The number of the last entry that was dropped, where old ones were.
             */
            checkpoint?: number | null;
            /**
             * Format: int64
             * @description How many entries fit; those of the last seconds are not chained yet.
             */
            entries: number;
            /** @description What does not fit, and where. */
            problem?: string | null;
            whole: boolean;
        };
        /**
         * @description What a task does now.
         * @enum {string}
         */
        BackgroundState: "running" | "failed" | "restarting" | "stopped";
        /** @description A task that runs behind everything. */
        BackgroundTask: {
            /** @description What went wrong last. */
            error?: string | null;
            /**
             * Format: int32
             * @description How often it had to be started again.
             */
            failures: number;
            last_ok_at?: components["schemas"]["At"] | null;
            name: string;
            state: components["schemas"]["BackgroundState"];
        };
        /**
         * Format: binary
         * @description Bytes as they are, for the document.
         */
        Binary: string;
        /** @description How a tenant looks. Colours are `#rrggbb` in lower case; null for Nexus' own. */
        Brand: {
            accent_color?: string | null;
            /** @description Names the logo, and a new one has a new name; null without one. */
            logo?: string | null;
            primary_color?: string | null;
            secondary_color?: string | null;
        };
        /** @description An action on many guests. */
        BulkAction: {
            action: components["schemas"]["PowerAction"];
            counts: components["schemas"]["BulkCounts"];
            created_at: components["schemas"]["At"];
            ended_at?: components["schemas"]["At"] | null;
            /** @description Whether it is stopped after that. */
            force_stop: boolean;
            /** Format: uuid */
            id: string;
            may_stop: boolean;
            /**
             * Format: int32
             * @description How many run at once on each server.
             */
            per_server: number;
            state: components["schemas"]["BulkState"];
            /** @description Who stopped it; null where nobody did, also where Nexus or a lost right stopped it. */
            stopped_by?: string | null;
            /**
             * Format: int64
             * @description How long a guest may take to shut down.
             */
            timeout_seconds?: number | null;
            user_name: string;
        };
        /** @description An action on many guests with each of them, in the order that was asked for. */
        BulkActionDetail: {
            bulk: components["schemas"]["BulkAction"];
            guests: components["schemas"]["BulkGuest"][];
        };
        /** @description Actions on many guests, newest first. */
        BulkActionList: {
            bulks: components["schemas"]["BulkAction"][];
            next_cursor?: string | null;
        };
        /** @description How many guests are how far. */
        BulkCounts: {
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            ok: number;
            /** Format: int64 */
            refused: number;
            /** Format: int64 */
            running: number;
            /** Format: int64 */
            skipped: number;
            /** Format: int64 */
            waiting: number;
        };
        /** @description How one guest fares. */
        BulkGuest: {
            /** @description Why not. */
            detail?: string | null;
            ended_at?: components["schemas"]["At"] | null;
            guest: components["schemas"]["GuestRef"];
            guest_name: string;
            state: components["schemas"]["BulkGuestState"];
            /**
             * Format: uuid
             * @description Its task, where there is one.
             */
            task?: string | null;
        };
        /**
         * @description How one guest of many fares.
         * @enum {string}
         */
        BulkGuestState: "waiting" | "running" | "ok" | "failed" | "refused" | "skipped";
        /** @description What is to be done with which guests. */
        BulkIn: {
            action: components["schemas"]["PowerAction"];
            /** @description Whether a guest that does not shut down in time is stopped; for a shutdown alone. */
            force_stop?: boolean | null;
            /** @description None twice; they begin in this order on each server. */
            guests: components["schemas"]["GuestKeyIn"][];
            /**
             * Format: int32
             * @description How many run at once on each server; 4 unless given.
             */
            per_server?: number | null;
            /**
             * Format: int32
             * @description How long a guest may take to shut down; for a shutdown alone.
             */
            timeout_seconds?: number | null;
        };
        /**
         * @description How far an action on many guests is.
         * @enum {string}
         */
        BulkState: "running" | "stopping" | "done" | "stopped";
        /** @description The certificate that the server showed. */
        Certificate: {
            /** @description Whether it is another one than was trusted. */
            changed: boolean;
            /** @description The trusted fingerprint, where another one is pinned. */
            expected_fingerprint?: string | null;
            /** @description SHA-256 of the leaf. */
            fingerprint: string;
            issuer: string;
            not_after: components["schemas"]["At"];
            not_before: components["schemas"]["At"];
            subject: string;
            /** @description Whether the chosen mode accepts it. */
            trusted: boolean;
        };
        /** @description How one category reaches a person. */
        Channels: {
            /** @description To a verified address alone. */
            email: boolean;
            in_app: boolean;
        };
        /** @description A check of a server or a call of PVE. */
        CheckEntry: {
            at: components["schemas"]["At"];
            /** Format: int64 */
            attempts: number;
            /** @description Null where the server is provided. */
            error?: string | null;
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["CheckKind"];
            ok: boolean;
            /** Format: uuid */
            server: string;
            server_name: string;
            /**
             * Format: int64
             * @description Null where the server is provided.
             */
            timeout_ms?: number | null;
            /** Format: int64 */
            took_ms: number;
            way?: components["schemas"]["Way"] | null;
            what: string;
        };
        /**
         * @description What was asked of a server.
         * @enum {string}
         */
        CheckKind: "check" | "call";
        /** @description Checks and calls, newest first. */
        CheckList: {
            checks: components["schemas"]["CheckEntry"][];
            next_cursor?: string | null;
        };
        /** @description A check of all servers; `done` counts up to `total`. */
        CheckRun: {
            /** Format: int32 */
            done: number;
            ended_at?: components["schemas"]["At"] | null;
            /** Format: int32 */
            failed: number;
            /** Format: uuid */
            id: string;
            started_at: components["schemas"]["At"];
            /** Format: int32 */
            total: number;
        };
        /** @description The newest check of all servers, if there was one since Nexus started. */
        CheckRunState: {
            run?: components["schemas"]["CheckRun"] | null;
        };
        /** @description One option. Secrets read `********`. */
        ConfigOption: {
            key: string;
            value: string;
        };
        /** @description One path's answer. */
        ConfigPart: {
            /** @description As JSON with sorted keys. */
            data: unknown;
            /** @description What went wrong. */
            error?: string | null;
            path: string;
            /**
             * Format: int32
             * @description PVE's; null where there was no answer.
             */
            status?: number | null;
        };
        /** @description Which paths of PVE's API are kept, and how often. */
        ConfigPlan: {
            /**
             * Format: int64
             * @description Null for by hand only.
             */
            every_hours?: number | null;
            next_at?: components["schemas"]["At"] | null;
            /** @description With placeholders for nodes and guests. */
            paths: string[];
            /**
             * Format: int64
             * @description To send as `If-Match` with a change; 0 for a proposal.
             */
            version: number;
        };
        /** @description A plan to follow. */
        ConfigPlanIn: {
            /** Format: int64 */
            every_hours?: number | null;
            /** @description Only such as can be read. */
            paths: string[];
        };
        /** @description What PVE answered at one time. */
        ConfigSnapshot: {
            /** @description Otherwise than the one before. */
            changed: boolean;
            created_at: components["schemas"]["At"];
            /** Format: int64 */
            failed: number;
            /** Format: uuid */
            id: string;
            /** Format: int64 */
            paths: number;
            /** Format: int64 */
            size_bytes: number;
            taken_by: string;
        };
        /** @description A snapshot with what was answered. */
        ConfigSnapshotDetail: {
            parts: components["schemas"]["ConfigPart"][];
            snapshot: components["schemas"]["ConfigSnapshot"];
        };
        /** @description The newest first. */
        ConfigSnapshotList: {
            next_cursor?: string | null;
            snapshots: components["schemas"]["ConfigSnapshot"][];
        };
        /** @description The password in force, said once more. */
        ConfirmIn: {
            password: string;
        };
        /** @description The way to a console: once, by the same session, within 30 seconds. */
        Console: {
            expires_at: components["schemas"]["At"];
            guest: components["schemas"]["Guest"];
            /**
             * Format: int64
             * @description It ends when nobody gives input for so long; null for one that is only watched, and where there is no limit.
             */
            idle_seconds?: number | null;
            /**
             * Format: int64
             * @description It ends after so long.
             */
            max_seconds?: number | null;
            /** @description The WebSocket's path on this site. */
            path: string;
            /** Format: uuid */
            session: string;
            view_only: boolean;
        };
        /** @description How the console is wanted. */
        ConsoleIn: {
            /** @description Look, but touch nothing; Nexus itself enforces it. */
            view_only?: boolean;
        };
        /** @description One opened console. */
        ConsoleSession: {
            address: string;
            /**
             * Format: double
             * @description The newest round trip to the browser; null before the first.
             */
            browser_rtt_ms?: number | null;
            /**
             * Format: int64
             * @description To the browser.
             */
            bytes_down: number;
            /**
             * Format: int64
             * @description From the browser.
             */
            bytes_up: number;
            created_at: components["schemas"]["At"];
            end_reason?: string | null;
            ended_at?: components["schemas"]["At"] | null;
            guest: components["schemas"]["GuestRef"];
            /** @description The guest's name then. */
            guest_name: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Since the last input; null where it is not known, and where nobody can give any.
             */
            idle_seconds?: number | null;
            may: components["schemas"]["ConsoleSessionMay"];
            /** @description Null when the server is gone. */
            server_name?: string | null;
            /**
             * Format: double
             * @description The newest round trip to PVE; null before the first.
             */
            server_rtt_ms?: number | null;
            started_at?: components["schemas"]["At"] | null;
            state: components["schemas"]["ConsoleState"];
            tenant: components["schemas"]["TenantName"];
            /** @description PVE's task, for managers and up. */
            upid?: string | null;
            user?: components["schemas"]["Person"] | null;
            user_agent: string;
            /** @description What they were called then. */
            user_name: string;
            view_only: boolean;
        };
        /** @description A page of console sessions, the newest first. */
        ConsoleSessionList: {
            next_cursor?: string | null;
            sessions: components["schemas"]["ConsoleSession"][];
        };
        /** @description What may be done with it. */
        ConsoleSessionMay: {
            end: boolean;
        };
        /**
         * @description How far a console is.
         * @enum {string}
         */
        ConsoleState: "requested" | "open" | "ended";
        /**
         * @description What a point says of its span of time.
         * @enum {string}
         */
        Consolidation: "average" | "max";
        /** @description How much there is. */
        Counts: {
            /** @description As far as is known, templates left out. */
            guests: number;
            /** Format: int64 */
            mails_waiting: number;
            /** Format: int64 */
            open_consoles: number;
            /** Format: int64 */
            servers: number;
            servers_offline: number;
            /** Format: int64 */
            sessions: number;
            /** Format: int64 */
            tenants: number;
            /** Format: int64 */
            users: number;
        };
        /** @description Rows as CSV text (at most 1,000 rows), and whether to look only. */
        CsvIn: {
            csv: string;
            dry_run: boolean;
        };
        /** @description Messages to a webhook, newest first. */
        DeliveryList: {
            deliveries: components["schemas"]["WebhookDelivery"][];
            next_cursor?: string | null;
        };
        /**
         * @description How far a message to a webhook is.
         * @enum {string}
         */
        DeliveryState: "pending" | "delivered" | "failed";
        /** @description What the token is enough for, and how to mend it. */
        Doctor: {
            /** @description In the order in which they are run. */
            commands: components["schemas"]["DoctorCommand"][];
            /** @description Empty where the token's privileges could not be read. */
            features: components["schemas"]["TestFeature"][];
            warnings: components["schemas"]["DoctorWarning"][];
        };
        /** @description A command to run on a node, as root. */
        DoctorCommand: {
            command: string;
            purpose: components["schemas"]["DoctorPurpose"];
        };
        /**
         * @description What a command is for.
         * @enum {string}
         */
        DoctorPurpose: "create_role" | "modify_role" | "create_user" | "create_token" | "grant_user" | "grant_token";
        /** @description Something to look at. */
        DoctorWarning: {
            code: components["schemas"]["DoctorWarningCode"];
            detail: string;
            remedy?: string | null;
        };
        /**
         * @description What a warning is about.
         * @enum {string}
         */
        DoctorWarningCode: "root_token" | "token_expires_soon" | "token_expired" | "not_separated" | "too_much" | "console_needs_update" | "clock_skew";
        /** @description A new address. */
        EmailIn: {
            email: string;
        };
        /** @description Why; the person reads it. */
        EndIn: {
            reason?: string | null;
        };
        /** @description What is wrong with one field. */
        FieldProblem: {
            code: string;
            detail: string;
            field: string;
        };
        /** @description A group of members. */
        Group: {
            /**
             * Format: int64
             * @description How many assignments it has.
             */
            assignments: number;
            /** Format: uuid */
            id: string;
            members: components["schemas"]["Person"][];
            name: string;
            /**
             * Format: int64
             * @description To send as `If-Match` with a change.
             */
            version: number;
        };
        /** @description A group; members by id. */
        GroupIn: {
            members: string[];
            name: string;
        };
        /** @description All groups, by name. */
        GroupList: {
            groups: components["schemas"]["Group"][];
        };
        /** @description A group. */
        GroupName: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description A guest. */
        Guest: {
            /** @description The switches that fit the guest's kind and state now. */
            actions: components["schemas"]["PowerAction"][];
            /**
             * Format: double
             * @description Share of `max_cpu` in use, 0 to 1 (PVE may say a little more).
             */
            cpu?: number | null;
            /** @description When PVE said all this. */
            data_at: components["schemas"]["At"];
            /**
             * Format: int64
             * @description Disk in use; PVE knows it of containers alone.
             */
            disk_bytes?: number | null;
            /**
             * Format: double
             * @description Bytes per second, as the three below; null until two pictures told.
             */
            disk_read?: number | null;
            /** Format: double */
            disk_write?: number | null;
            /** @description State under high availability, in PVE's words (`started`, `error`, …); null where PVE does not manage the guest. */
            ha_state?: string | null;
            /** @description PVE's lock (`backup`, `snapshot`, …) while it holds. */
            lock?: string | null;
            /** Format: double */
            max_cpu?: number | null;
            /** Format: int64 */
            max_disk_bytes?: number | null;
            /** Format: int64 */
            max_memory_bytes?: number | null;
            may: components["schemas"]["GuestMay"];
            /** Format: int64 */
            memory_bytes?: number | null;
            name: string;
            /** Format: double */
            net_in?: number | null;
            /** Format: double */
            net_out?: number | null;
            /** @description Null for viewers. */
            node?: string | null;
            pool?: string | null;
            server: components["schemas"]["ServerName"];
            status: components["schemas"]["GuestStatus"];
            tags: string[];
            template: boolean;
            type: components["schemas"]["GuestKind"];
            /** Format: int64 */
            uptime_seconds?: number | null;
            /** Format: int32 */
            vmid: number;
        };
        /** @description One address of a card. */
        GuestAddress: {
            address: string;
            /**
             * Format: int32
             * @description 4 or 6.
             */
            family: number;
            /**
             * Format: int32
             * @description The length of its prefix.
             */
            prefix?: number | null;
        };
        /**
         * @description What the guest agent (VMs) or PVE (containers) tells; `interfaces` is empty unless `state` is known. Loopback is left
         *     out.
         */
        GuestAddresses: {
            at: components["schemas"]["At"];
            interfaces: components["schemas"]["GuestInterface"][];
            state: components["schemas"]["AddressState"];
        };
        /**
         * @description A configuration, readable; null is PVE's default. `options` holds everything that has no field of its own, by key;
         *     empty for viewers and on provided servers.
         */
        GuestConfig: {
            /** @description VMs alone. */
            agent?: boolean | null;
            /** @description When PVE said all this. */
            at: components["schemas"]["At"];
            bios?: string | null;
            boot_order: string[];
            /** Format: int32 */
            cores?: number | null;
            /** Format: double */
            cpu_limit?: number | null;
            cpu_type?: string | null;
            description: string;
            disks: components["schemas"]["GuestDisk"][];
            display?: string | null;
            machine?: string | null;
            /** Format: int64 */
            memory_bytes?: number | null;
            /**
             * Format: int64
             * @description VMs alone.
             */
            minimum_memory_bytes?: number | null;
            networks: components["schemas"]["GuestNetwork"][];
            options: components["schemas"]["ConfigOption"][];
            os_type?: string | null;
            protected: boolean;
            /**
             * Format: int32
             * @description VMs alone.
             */
            sockets?: number | null;
            starts_at_boot: boolean;
            /**
             * Format: int64
             * @description Containers alone.
             */
            swap_bytes?: number | null;
            /** @description Containers alone. */
            unprivileged?: boolean | null;
        };
        /** @description How many guests a server has, by state; templates left out. */
        GuestCount: {
            other: number;
            running: number;
            stopped: number;
        };
        /** @description A disk or drive. Storage and volume are null for viewers and on provided servers. */
        GuestDisk: {
            /** @description Its key in the configuration. */
            key: string;
            /** @description `disk`, `cdrom`, `efidisk`, `tpmstate`, `rootfs`, `mountpoint` or `unused`. */
            media: string;
            options: components["schemas"]["ConfigOption"][];
            /** @description Where a container has it. */
            path?: string | null;
            /** Format: int64 */
            size_bytes?: number | null;
            storage?: string | null;
            volume?: string | null;
        };
        /**
         * @description Figures over time by PVE. All lists are as long as `times`; null where PVE has no value. `cpu` is a share of `max_cpu`,
         *     0 to 1; disk and network are bytes per second.
         */
        GuestFigures: {
            consolidation: components["schemas"]["Consolidation"];
            cpu: (number | null)[];
            disk_read: (number | null)[];
            disk_write: (number | null)[];
            max_cpu: (number | null)[];
            max_memory_bytes: (number | null)[];
            memory_bytes: (number | null)[];
            net_in: (number | null)[];
            net_out: (number | null)[];
            /**
             * Format: int64
             * @description From one point to the next.
             */
            step_seconds: number;
            timeframe: components["schemas"]["Timeframe"];
            times: components["schemas"]["At"][];
        };
        /** @description A card as the guest itself names it. */
        GuestInterface: {
            addresses: components["schemas"]["GuestAddress"][];
            mac?: string | null;
            name: string;
        };
        /** @description Which guest. */
        GuestKeyIn: {
            /** Format: uuid */
            server: string;
            type: components["schemas"]["GuestKind"];
            /** Format: int32 */
            vmid: number;
        };
        /**
         * @description VM or container.
         * @enum {string}
         */
        GuestKind: "qemu" | "lxc";
        /** @description Guests of one kind by state; templates are in none of the states and not in the total. */
        GuestKindCount: {
            /** Format: int64 */
            paused: number;
            /** Format: int64 */
            running: number;
            /** Format: int64 */
            stopped: number;
            /** Format: int64 */
            templates: number;
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            unknown: number;
        };
        /** @description One page of guests, and how fresh each server's part is. */
        GuestList: {
            guests: components["schemas"]["Guest"][];
            next_cursor?: string | null;
            servers: components["schemas"]["ServerBrief"][];
        };
        /** @description What the person may do with a guest. */
        GuestMay: {
            console: boolean;
            power: boolean;
            snapshot: boolean;
            watch: boolean;
        };
        /** @description A network card. Bridge and VLAN are null for viewers and on provided servers. */
        GuestNetwork: {
            /** @description As configured, for containers and by cloud-init: addresses with prefixes, `dhcp` or `auto`. */
            addresses: string[];
            bridge?: string | null;
            /** @description Whether its cable is in. */
            connected: boolean;
            /** @description Whether PVE's firewall stands before it. */
            firewall: boolean;
            /** @description Its key in the configuration. */
            key: string;
            mac?: string | null;
            model?: string | null;
            options: components["schemas"]["ConfigOption"][];
            /**
             * Format: double
             * @description Its limit, in megabits per second.
             */
            rate_mbps?: number | null;
            /** Format: int32 */
            vlan?: number | null;
        };
        /** @description Which guest, in a body. */
        GuestRef: {
            /** Format: uuid */
            server: string;
            type: components["schemas"]["GuestKind"];
            /** Format: int32 */
            vmid: number;
        };
        /** @description Guests by key. */
        GuestRefList: {
            guests: components["schemas"]["GuestRef"][];
        };
        /**
         * @description A right on a guest.
         * @enum {string}
         */
        GuestRight: "view" | "watch" | "console" | "power" | "snapshot";
        /** @description The guests that a provided server is limited to: those in any of these. */
        GuestScope: {
            pools: string[];
            tags: string[];
            vmids: components["schemas"]["VmidRange"][];
        };
        /** @description Guests by kind. */
        GuestStats: {
            lxc: components["schemas"]["GuestKindCount"];
            qemu: components["schemas"]["GuestKindCount"];
        };
        /**
         * @description A guest's state.
         * @enum {string}
         */
        GuestStatus: "running" | "paused" | "stopped" | "unknown";
        /** @description A list of assignments, row by row. */
        Import: {
            /** @description Whether it was done, and not only looked at. */
            done: boolean;
            rows: components["schemas"]["ImportRow"][];
        };
        /**
         * @description What a row does.
         * @enum {string}
         */
        ImportOutcome: "create" | "change" | "same" | "error";
        /** @description What a row does. */
        ImportRow: {
            email: string;
            /** @description Why the row cannot be used. */
            error?: string | null;
            /** Format: int64 */
            line: number;
            outcome: components["schemas"]["ImportOutcome"];
            target: string;
        };
        /** @description An invitation that waits. */
        Invitation: {
            created_at: components["schemas"]["At"];
            email: string;
            /** @description Too old, or void because who invited may not do so any more. */
            expired: boolean;
            expires_at: components["schemas"]["At"];
            /** Format: uuid */
            id: string;
            /** @description By name; empty when they are not here any more. */
            invited_by: string;
            mailed: boolean;
            role: components["schemas"]["TenantRole"];
        };
        /** @description Pending invitations, the newest first. */
        InvitationList: {
            invitations: components["schemas"]["Invitation"][];
        };
        /** @description What a link invites to. */
        InvitationLook: {
            email: string;
            expires_at: components["schemas"]["At"];
            invited_by: string;
            role: components["schemas"]["TenantRole"];
            tenant_name: string;
        };
        /** @description An invitation and its link, which is shown once. */
        InvitationMade: {
            email: string;
            expires_at: components["schemas"]["At"];
            /** Format: uuid */
            id: string;
            link: string;
            /** @description Whether it went to the address by mail, too. */
            mailed: boolean;
            role: components["schemas"]["TenantRole"];
        };
        /**
         * @description The UI's language.
         * @enum {string}
         */
        Language: "en" | "de";
        /** @description A link to be handed on; it works once. */
        Link: {
            expires_at: components["schemas"]["At"];
            link: string;
            /** @description Whether another one went to the person by mail. */
            mailed: boolean;
        };
        /**
         * @description What a tenant has and uses now, as far as the person may see it. The sums are null and `missing` is empty for viewers
         *     without all guests; the lists of nodes and storages are for managers and up. Nothing but its guests is told of a
         *     provided server.
         */
        LiveStats: {
            cpu?: components["schemas"]["Usage"] | null;
            data_at?: components["schemas"]["At"] | null;
            guests: components["schemas"]["GuestStats"];
            memory?: components["schemas"]["Usage"] | null;
            /**
             * @description Servers that do not answer, since when and why. Nothing of theirs is in the sums; their guests are counted as they
             *     were last seen.
             */
            missing: components["schemas"]["ServerBrief"][];
            node_list: components["schemas"]["NodeStats"][];
            nodes?: components["schemas"]["NodeCount"] | null;
            servers?: components["schemas"]["ServerCount"] | null;
            storage?: components["schemas"]["Usage"] | null;
            storage_list: components["schemas"]["StorageStats"][];
        };
        /** @description A tenant's logo, as it is kept. */
        Logo: {
            content_type: string;
            /** Format: int64 */
            height: number;
            /** Format: int64 */
            size_bytes: number;
            tag: string;
            updated_at: components["schemas"]["At"];
            /** Format: int64 */
            width: number;
        };
        /** @description The signed-in person and where they belong. */
        Me: {
            /** @description Whether Nexus can send mail. */
            mail: boolean;
            tenants: components["schemas"]["Membership"][];
            user: components["schemas"]["User"];
        };
        /** @description What a person may change of themselves. */
        MeIn: {
            company?: string | null;
            full_name?: string | null;
            language?: components["schemas"]["Language"] | null;
            theme?: components["schemas"]["Theme"] | null;
            /** @description 3 to 32 of a-z, 0-9, dot, hyphen, underscore; empty for none. */
            user_name?: string | null;
        };
        /** @description A person in a tenant. */
        Member: {
            /**
             * Format: int64
             * @description How many assignments give them rights, with those of their groups.
             */
            assignments: number;
            company: string;
            groups: components["schemas"]["GroupName"][];
            /** @description Whether they may sign in. */
            is_active: boolean;
            joined_at: components["schemas"]["At"];
            last_seen_at?: components["schemas"]["At"] | null;
            may: components["schemas"]["MemberMay"];
            role: components["schemas"]["TenantRole"];
            user: components["schemas"]["Person"];
            /** @description Whether their address is known to reach them. */
            verified: boolean;
            /**
             * Format: int64
             * @description To send as `If-Match` with a change.
             */
            version: number;
        };
        /** @description One of the two: who could be added at once, or the invitation for everybody else. */
        MemberAdded: {
            invitation?: components["schemas"]["InvitationMade"] | null;
            member?: components["schemas"]["Member"] | null;
        };
        /** @description Who becomes a member. */
        MemberAddIn: {
            email: string;
            role: components["schemas"]["TenantRole"];
        };
        /** @description What changes of a member. */
        MemberIn: {
            is_active?: boolean | null;
            role?: components["schemas"]["TenantRole"] | null;
        };
        /** @description A page of members, by name. */
        MemberList: {
            members: components["schemas"]["Member"][];
            next_cursor?: string | null;
            /** Format: int64 */
            total: number;
        };
        /** @description What may be done with a member. */
        MemberMay: {
            /** @description Disable or enable their account. */
            disable: boolean;
            edit: boolean;
            remove: boolean;
            /** @description Make a link for their password. */
            reset: boolean;
        };
        /** @description A tenant that a person belongs to; system admins belong to all. */
        Membership: {
            /** Format: uuid */
            id: string;
            /** @description Whether it is open; a closed one is read-only for its admins. */
            is_active: boolean;
            /** @description Names the logo, and a new one has a new name; null without one. In lists of accounts it is always null. */
            logo?: string | null;
            name: string;
            role?: components["schemas"]["TenantRole"] | null;
            slug: string;
        };
        /** @description One hour or day of a server. */
        MetricPoint: {
            at: components["schemas"]["At"];
            /** Format: int64 */
            attempts: number;
            /**
             * Format: double
             * @description Null where nothing succeeded.
             */
            average_ms?: number | null;
            /** Format: int64 */
            checks: number;
            /** Format: int64 */
            failed: number;
            /**
             * Format: double
             * @description Null where nothing succeeded; at most 5 % off.
             */
            p95_ms?: number | null;
            /**
             * Format: double
             * @description Null where nothing was asked.
             */
            success_percent?: number | null;
        };
        /** @description Figures of all servers of a tenant. */
        MetricsOverview: {
            begins_at: components["schemas"]["At"];
            /** @description When the running hour or day ends. */
            ends_at: components["schemas"]["At"];
            servers: components["schemas"]["ServerMetrics"][];
            span: components["schemas"]["MetricSpan"];
            total: components["schemas"]["MetricTotal"];
        };
        /**
         * @description The length of one point of a chart.
         * @enum {string}
         */
        MetricSpan: "hour" | "day";
        /** @description All of a span. */
        MetricTotal: {
            /** Format: int64 */
            attempts: number;
            /**
             * Format: double
             * @description Null where nothing succeeded.
             */
            average_ms?: number | null;
            /** Format: int64 */
            checks: number;
            /** Format: int64 */
            failed: number;
            /**
             * Format: double
             * @description Null where nothing succeeded; at most 5 % off.
             */
            p95_ms?: number | null;
            /**
             * Format: double
             * @description Null where nothing was asked.
             */
            success_percent?: number | null;
        };
        /** @description A token with its secret, which is shown this once. */
        NewApiToken: {
            /** @description The whole value of `Authorization` for `/api/v1`. */
            bearer: string;
            /** @description The whole value of `Authorization` for PVE's clients. */
            pve_header: string;
            secret: string;
            token: components["schemas"]["ApiToken"];
        };
        /** @description Nodes by state; those of which nobody knows are in the total alone. */
        NodeCount: {
            /** Format: int64 */
            offline: number;
            /** Format: int64 */
            online: number;
            /** Format: int64 */
            total: number;
        };
        /** @description A node that is not asked for the moment. */
        NodeHealth: {
            cause: string;
            node: string;
            /** Format: int64 */
            retry_in_ms: number;
        };
        /** @description A node. */
        NodeStats: {
            /**
             * Format: double
             * @description Share of `max_cpu` in use.
             */
            cpu?: number | null;
            data_at: components["schemas"]["At"];
            /** Format: double */
            max_cpu?: number | null;
            /** Format: int64 */
            max_memory_bytes?: number | null;
            /** Format: int64 */
            memory_bytes?: number | null;
            name: string;
            /** Format: int64 */
            running_guests: number;
            /** Format: uuid */
            server: string;
            server_name: string;
            status: components["schemas"]["NodeStatus"];
            /** Format: int64 */
            uptime_seconds?: number | null;
        };
        /**
         * @description What a node does; unknown also while its server does not answer.
         * @enum {string}
         */
        NodeStatus: "online" | "offline" | "unknown";
        /** @description Something that happened. Which fields are there hangs on the kind. */
        Notification: {
            action?: components["schemas"]["TaskAction"] | null;
            /** @description Who did it. */
            actor?: string | null;
            /** Format: uuid */
            alert?: string | null;
            at: components["schemas"]["At"];
            category: components["schemas"]["NotificationCategory"];
            detail?: string | null;
            guest?: components["schemas"]["GuestRef"] | null;
            guest_name?: string | null;
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["NotificationKind"];
            /** @description Whom it is about. */
            person?: string | null;
            read: boolean;
            role?: components["schemas"]["TenantRole"] | null;
            rule?: components["schemas"]["AlertRule"] | null;
            /** Format: uuid */
            server?: string | null;
            server_name?: string | null;
            /** Format: uuid */
            task?: string | null;
            /** Format: int64 */
            threshold?: number | null;
            /**
             * Format: int64
             * @description Percent, milliseconds or seconds, by rule.
             */
            value?: number | null;
        };
        /**
         * @description What a notification is about.
         * @enum {string}
         */
        NotificationCategory: "servers" | "alerts" | "guest_actions" | "members";
        /**
         * @description What a notification tells.
         * @enum {string}
         */
        NotificationKind: "server_offline" | "server_online" | "alert_opened" | "alert_acknowledged" | "alert_resolved" | "action_done" | "action_failed" | "member_added" | "member_removed" | "role_changed";
        /** @description One's own notifications, newest first. */
        NotificationList: {
            next_cursor?: string | null;
            notifications: components["schemas"]["Notification"][];
            /**
             * Format: int64
             * @description How many are unread in all.
             */
            unread: number;
        };
        /** @description How notifications reach a person in this tenant. */
        NotificationPreferences: {
            alerts: components["schemas"]["Channels"];
            guest_actions: components["schemas"]["Channels"];
            members: components["schemas"]["Channels"];
            servers: components["schemas"]["Channels"];
        };
        /** @description A tenant, as system admins see it. */
        Organisation: {
            admins: components["schemas"]["Person"][];
            created_at: components["schemas"]["At"];
            description: string;
            /** @description As far as is known, templates left out. */
            guests: number;
            /** Format: uuid */
            id: string;
            /** @description Whether it is open. */
            is_active: boolean;
            /** Format: int64 */
            members: number;
            name: string;
            /** Format: int64 */
            servers: number;
            slug: string;
            /**
             * Format: int64
             * @description To send as `If-Match` with a change.
             */
            version: number;
        };
        /** @description What changes of a tenant. */
        OrganisationIn: {
            description?: string | null;
            is_active?: boolean | null;
            name?: string | null;
            slug?: string | null;
        };
        /** @description A page of tenants, by name. */
        OrganisationList: {
            next_cursor?: string | null;
            tenants: components["schemas"]["Organisation"][];
            /** Format: int64 */
            total: number;
        };
        /** @description A new tenant, and the invitation of its first admin if there was one to make. */
        OrganisationMade: {
            invitation?: components["schemas"]["InvitationMade"] | null;
            tenant: components["schemas"]["Organisation"];
        };
        /** @description A new tenant; without a slug it follows from the name; `admin` is added or invited. */
        OrganisationNewIn: {
            /** @description The first admin's address. */
            admin?: string | null;
            description?: string | null;
            name: string;
            slug?: string | null;
        };
        /** @description A new password, and the one in force. */
        PasswordIn: {
            current_password: string;
            password: string;
        };
        /** @description A person, as lists show them. */
        Person: {
            /** @description Names the picture; null without one. */
            avatar?: string | null;
            email: string;
            full_name: string;
            /** Format: uuid */
            id: string;
        };
        /** @description People whose name or address begins with what was typed; at most 10. */
        PersonList: {
            people: components["schemas"]["Person"][];
        };
        /**
         * @description A power switch.
         * @enum {string}
         */
        PowerAction: "start" | "shutdown" | "stop" | "reboot" | "reset" | "suspend" | "resume";
        /** @description A refusal or failure, as RFC 9457 says it. */
        Problem: {
            /** @description Stable, `snake_case`. */
            code: string;
            /** @description For people: what happened and what to do. */
            detail: string;
            /** @description What is wrong with single fields. */
            errors?: components["schemas"]["FieldProblem"][];
            /** @description To find the request in the log; filled in on the way out. */
            request_id: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The status in words. */
            title: string;
            /** @description Always `about:blank`: the code says what it is. */
            type: string;
        };
        /** @description A process of Nexus on this database. */
        Process: {
            /** @description The machine's name. */
            host: string;
            /** Format: uuid */
            id: string;
            /** @description When it last said that it lives; it counts as gone 30 s later. */
            seen_at: components["schemas"]["At"];
            /**
             * Format: int64
             * @description How many servers it asks.
             */
            servers: number;
            started_at: components["schemas"]["At"];
            /** @description Whether it is the one that answers. */
            this: boolean;
            version: string;
        };
        /** @description A provided server, as system admins see it. */
        ProvidedServer: {
            connection: components["schemas"]["ServerConnection"];
            notes?: string | null;
            scope: components["schemas"]["GuestScope"];
            server: components["schemas"]["AnyServer"];
        };
        /** @description A server to provide, as it is entered: whose it shall be, its limit, and how it is reached. */
        ProvidedServerIn: {
            /** @description `USER@REALM!TOKENID=UUID`. Needed for a new server, and again when a way leads elsewhere or the trust changes. */
            api_token?: string | null;
            /**
             * Format: int32
             * @description 1 to 120.
             */
            connect_timeout_seconds?: number;
            /** @description A host alone; may be empty with `use_tailscale`. */
            host: string;
            is_active?: boolean;
            name: string;
            notes?: string | null;
            /** Format: int32 */
            port?: number;
            /** @description At most 50 of each, and at least one in all. */
            scope: components["schemas"]["GuestScope"];
            /** @description Its name or address there. */
            tailscale_host?: string | null;
            /** Format: int32 */
            tailscale_port?: number;
            /**
             * Format: uuid
             * @description Stays the same with a change.
             */
            tenant: string;
            tls: components["schemas"]["Tls"];
            token_expires_at?: components["schemas"]["At"] | null;
            /** @description Whether the cluster's other nodes may be asked in its place. */
            use_fallbacks?: boolean;
            /** @description Whether the tailnet is one of its ways. */
            use_tailscale?: boolean;
        };
        /** @description What PVE answered: its status, reason and body, unchanged but bounded. `reason` may be empty. */
        PveAnswer: {
            body: string;
            content_type: string;
            reason: string;
            /** Format: int64 */
            status: number;
            /** Format: double */
            took_ms: number;
            truncated: boolean;
        };
        /** @description A call that was made in the explorer. Secrets are masked. */
        PveCall: {
            at: components["schemas"]["At"];
            /** Format: uuid */
            id: string;
            method: components["schemas"]["PveMethod"];
            params: components["schemas"]["PveParam"][];
            path: string;
            /** Format: uuid */
            server: string;
            /**
             * Format: int64
             * @description Null where PVE did not answer.
             */
            status?: number | null;
            /** Format: double */
            took_ms: number;
        };
        /** @description A call. `path` is filled in (`/nodes/pve1/qemu/100/config`); parameters by name, each as text, an array as several. */
        PveCallIn: {
            method: components["schemas"]["PveMethod"];
            params: components["schemas"]["PveParam"][];
            path: string;
        };
        /** @description One's own calls, the newest first, at most 100. */
        PveCallList: {
            calls: components["schemas"]["PveCall"][];
        };
        /** @description A call that one keeps; path with its placeholders. */
        PveFavourite: {
            /** Format: uuid */
            id: string;
            method: components["schemas"]["PveMethod"];
            path: string;
        };
        /** @description A call to keep. */
        PveFavouriteIn: {
            method: components["schemas"]["PveMethod"];
            /** @description As in the schema. */
            path: string;
        };
        /** @description The calls that one keeps, by path. */
        PveFavouriteList: {
            favourites: components["schemas"]["PveFavourite"][];
        };
        /**
         * @description Whether somebody may make a call: `scoped` for what is inside their scope, `role` for a higher role, `closed` for nobody.
         * @enum {string}
         */
        PveMay: "yes" | "scoped" | "role" | "closed";
        /**
         * @description A method of PVE's API.
         * @enum {string}
         */
        PveMethod: "GET" | "POST" | "PUT" | "DELETE";
        /** @description One call. All texts are PVE's own. */
        PveMethodInfo: {
            /** @description Whether it is no mere reading. */
            changes: boolean;
            description: string;
            /** @description Whether it deletes or overwrites: to be confirmed. */
            destroys: boolean;
            may: components["schemas"]["PveMay"];
            method: components["schemas"]["PveMethod"];
            name: string;
            parameters: components["schemas"]["PveParameter"][];
            permissions: string;
            /** @description `get`, `create`, `set` or `delete`. */
            pvesh: string;
            returns: string;
            /** @description Why not, for people. */
            why?: string | null;
        };
        /** @description One parameter. */
        PveParam: {
            name: string;
            value: string;
        };
        /** @description A parameter as PVE's schema says. */
        PveParameter: {
            default?: string | null;
            description: string;
            format?: string | null;
            /** @description Whether it is a part of the path. */
            in_path: boolean;
            /** Format: int64 */
            max_length?: number | null;
            /** Format: double */
            maximum?: number | null;
            /** Format: double */
            minimum?: number | null;
            name: string;
            optional: boolean;
            /** @description Perl's. */
            pattern?: string | null;
            /** @description `string`, `integer`, `number`, `boolean`, `array` or `object`. */
            type: string;
            type_text?: string | null;
            /** @description The only values; empty where there are others. */
            values: string[];
        };
        /** @description A path with its placeholders, such as `/nodes/{node}/qemu/{vmid}/config`. */
        PvePath: {
            methods: components["schemas"]["PveMethodInfo"][];
            path: string;
        };
        /** @description The API as the server itself describes it, paths in order. */
        PveSchema: {
            fetched_at: components["schemas"]["At"];
            paths: components["schemas"]["PvePath"][];
            version?: string | null;
        };
        /** @description Which notifications were read; without ids all. */
        ReadIn: {
            ids?: string[] | null;
        };
        /** @description A guest that the person used: console or action. */
        RecentGuest: {
            at: components["schemas"]["At"];
            guest: components["schemas"]["GuestRef"];
        };
        /** @description The last guests that the person used, the newest first, each once, at most 20, those that they see now. */
        RecentGuestList: {
            guests: components["schemas"]["RecentGuest"][];
        };
        /** @description Whose password is forgotten. */
        ResetIn: {
            email: string;
        };
        /** @description The secret of a reset link, and the new password. */
        ResetUseIn: {
            password: string;
            secret: string;
        };
        /** @description How to go back. */
        RollbackIn: {
            /** @description Start it afterwards; needs power too. */
            start?: boolean | null;
        };
        /** @description A roster, row by row. */
        Roster: {
            /** @description Whether it was done, and not only looked at. */
            done: boolean;
            rows: components["schemas"]["RosterRow"][];
        };
        /**
         * @description What a row of a roster does.
         * @enum {string}
         */
        RosterOutcome: "add" | "invite" | "same" | "error";
        /** @description What a row of a roster does. */
        RosterRow: {
            email: string;
            /** @description Why the row cannot be used. */
            error?: string | null;
            /** Format: int64 */
            line: number;
            /** @description The invitation's link, shown this once. */
            link?: string | null;
            outcome: components["schemas"]["RosterOutcome"];
            role: string;
        };
        /** @description A filter of the list of guests under a name; one's own. */
        SavedView: {
            columns: components["schemas"]["ViewColumn"][];
            created_at: components["schemas"]["At"];
            filter: string;
            /** Format: uuid */
            id: string;
            layout: components["schemas"]["ViewLayout"];
            name: string;
            sort: string;
            /**
             * Format: int64
             * @description To send as `If-Match` with a change.
             */
            version: number;
        };
        /** @description A view to keep. */
        SavedViewIn: {
            columns: components["schemas"]["ViewColumn"][];
            filter: string;
            layout: components["schemas"]["ViewLayout"];
            name: string;
            sort: string;
        };
        /** @description By name. */
        SavedViewList: {
            views: components["schemas"]["SavedView"][];
        };
        /** @description The secret of a link. */
        SecretIn: {
            secret: string;
        };
        /** @description A server. */
        Server: {
            connection?: components["schemas"]["ServerConnection"] | null;
            created_at: components["schemas"]["At"];
            data_at?: components["schemas"]["At"] | null;
            /** @description To send as `If-Match` with a change. */
            etag: string;
            guests: components["schemas"]["GuestCount"];
            health?: components["schemas"]["ServerHealth"] | null;
            /** Format: uuid */
            id: string;
            is_active: boolean;
            may: components["schemas"]["ServerMay"];
            name: string;
            notes?: string | null;
            origin: components["schemas"]["ServerOrigin"];
            pve_version?: string | null;
            same_cluster_as?: components["schemas"]["ServerName"] | null;
            status: components["schemas"]["ServerStatus"];
            status_detail?: string | null;
        };
        /** @description What hangs on a server. */
        ServerAttached: {
            /**
             * Format: int64
             * @description Assignments that name it.
             */
            assignments: number;
            /** Format: int64 */
            open_consoles: number;
            /**
             * Format: int64
             * @description People who have rights by those, themselves or in a group.
             */
            people: number;
            /** Format: int64 */
            running_tasks: number;
        };
        /** @description How fresh one server's part of a list is. */
        ServerBrief: {
            data_at?: components["schemas"]["At"] | null;
            /** @description What is wrong; null for viewers. */
            error?: string | null;
            /** Format: uuid */
            id: string;
            name: string;
            status: components["schemas"]["ServerStatus"];
            /** @description Whether Tailscale was the way that worked last; never of provided servers. */
            tailscale: boolean;
            /** @description The server's host there; null for viewers. */
            tailscale_host?: string | null;
        };
        /** @description What a check of a server came to. */
        ServerCheck: {
            at: components["schemas"]["At"];
            /** Format: int32 */
            attempts: number;
            /** @description Why it failed; null for provided servers. */
            error?: string | null;
            ok: boolean;
            /** Format: uuid */
            server: string;
            /** @description How the server is doing after it. */
            status: components["schemas"]["ServerStatus"];
            /** Format: int64 */
            took_ms: number;
            way?: components["schemas"]["Way"] | null;
        };
        /** @description How a server is reached; for managers and up, and never of provided servers. */
        ServerConnection: {
            /** Format: int32 */
            connect_timeout_seconds: number;
            fallbacks: components["schemas"]["ServerFallback"][];
            /** @description Null where only the tailnet leads there. */
            host?: string | null;
            /** @description Whether shells of its nodes may be opened. */
            node_shell: boolean;
            /** Format: int32 */
            port: number;
            tailscale_host?: string | null;
            /** Format: int32 */
            tailscale_port: number;
            tls: components["schemas"]["Tls"];
            token_expires_at?: components["schemas"]["At"] | null;
            /** @description The token without its secret: `user@realm!tokenid`. */
            token_id: string;
            /** @description Whether the cluster's other nodes may be asked in its place. */
            use_fallbacks: boolean;
            use_tailscale: boolean;
        };
        /** @description Active servers by state. */
        ServerCount: {
            /** Format: int64 */
            checking: number;
            /** Format: int64 */
            degraded: number;
            /** Format: int64 */
            offline: number;
            /** Format: int64 */
            online: number;
            /** Format: int64 */
            total: number;
        };
        /** @description Another node of the cluster that may be asked in its place. */
        ServerFallback: {
            host: string;
            node: string;
            /** Format: int32 */
            port: number;
        };
        /** @description The last checks of a server, and its ways. */
        ServerHealth: {
            /**
             * Format: double
             * @description How long those that went well took.
             */
            average_ms?: number | null;
            /**
             * Format: int32
             * @description How many of the last checks count: 20 at most.
             */
            checks: number;
            /** Format: int32 */
            failed: number;
            /** @description The node that is asked in the server's place. */
            fallback_in_use?: string | null;
            nodes: components["schemas"]["NodeHealth"][];
            ways: components["schemas"]["WayHealth"][];
        };
        /** @description An import of servers, row by row. */
        ServerImport: {
            /** @description Whether it was done, and not only looked at. */
            done: boolean;
            /**
             * Format: int32
             * @description Slots in all.
             */
            limit: number;
            rows: components["schemas"]["ServerImportRow"][];
            /**
             * Format: int32
             * @description Slots in use now.
             */
            used: number;
        };
        /**
         * @description What a row of the sheet does.
         * @enum {string}
         */
        ServerImportOutcome: "create" | "error";
        /** @description What a row of the sheet does. */
        ServerImportRow: {
            /** @description Why it cannot be used; the fields are columns. */
            errors: components["schemas"]["FieldProblem"][];
            host: string;
            /**
             * Format: int64
             * @description Its line in the text.
             */
            line: number;
            name: string;
            outcome: components["schemas"]["ServerImportOutcome"];
            /**
             * Format: uuid
             * @description What was made of it.
             */
            server?: string | null;
        };
        /** @description A server as it is entered. */
        ServerIn: {
            /** @description `USER@REALM!TOKENID=UUID`. Needed for a new server, and again when a way leads elsewhere or the trust changes. */
            api_token?: string | null;
            /**
             * Format: int32
             * @description 1 to 120; the tenant's default where it is left out.
             */
            connect_timeout_seconds?: number | null;
            /** @description A host alone; may be empty with `use_tailscale`. */
            host: string;
            is_active?: boolean;
            name: string;
            /** @description Whether shells of its nodes may be opened. */
            node_shell?: boolean;
            notes?: string | null;
            /** Format: int32 */
            port?: number;
            /** @description Its name or address there. */
            tailscale_host?: string | null;
            /** Format: int32 */
            tailscale_port?: number;
            tls?: components["schemas"]["Tls"] | null;
            token_expires_at?: components["schemas"]["At"] | null;
            /** @description Whether the cluster's other nodes may be asked in its place. */
            use_fallbacks?: boolean;
            /** @description Whether the tailnet is one of its ways. */
            use_tailscale?: boolean;
        };
        /** @description The tenant's servers. */
        ServerList: {
            servers: components["schemas"]["Server"][];
            slots: components["schemas"]["Slots"];
        };
        /** @description What the person may do with a server. */
        ServerMay: {
            delete: boolean;
            edit: boolean;
            test: boolean;
        };
        /** @description Figures of one server: 24 hours or 30 days, gaps where nothing was asked. */
        ServerMetrics: {
            /** @description The oldest first. */
            points: components["schemas"]["MetricPoint"][];
            /** Format: uuid */
            server: string;
            server_name: string;
            status: components["schemas"]["ServerStatus"];
            total: components["schemas"]["MetricTotal"];
        };
        /** @description A server's id and name, as everybody who sees one of its guests may know them. */
        ServerName: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /**
         * @description Who brought a server: the tenant, the settings of the process, or a system admin.
         * @enum {string}
         */
        ServerOrigin: "own" | "environment" | "provided";
        /**
         * @description How a server is doing.
         * @enum {string}
         */
        ServerStatus: "unknown" | "checking" | "online" | "degraded" | "offline";
        /** @description What a connectivity test found, by way. */
        ServerTest: {
            /** @description Whether every way is fine. */
            ok: boolean;
            reports: components["schemas"]["TestReport"][];
        };
        /** @description A signed-in browser. */
        Session: {
            address: string;
            created_at: components["schemas"]["At"];
            /** @description Whether it is the one that asks. */
            current: boolean;
            expires_at: components["schemas"]["At"];
            /** Format: uuid */
            id: string;
            used_at: components["schemas"]["At"];
            user_agent: string;
        };
        /** @description A person's sessions, the newest use first. */
        SessionList: {
            sessions: components["schemas"]["Session"][];
        };
        /** @description A tenant's settings. */
        Settings: {
            accent_color?: string | null;
            alert_email?: string | null;
            /** Format: int64 */
            alert_latency_ms: number;
            /** Format: int64 */
            alert_offline_seconds: number;
            /** Format: int64 */
            alert_success_percent: number;
            alerts_enabled: boolean;
            /**
             * Format: int64
             * @description Null for ever.
             */
            audit_retention_days?: number | null;
            /**
             * Format: int64
             * @description Null for ever.
             */
            console_idle_seconds?: number | null;
            /**
             * Format: int64
             * @description Null for ever.
             */
            console_max_seconds?: number | null;
            /**
             * Format: int64
             * @description Null for no limit.
             */
            console_per_guest?: number | null;
            /**
             * Format: int64
             * @description Null for no limit.
             */
            console_per_tenant?: number | null;
            /**
             * Format: int64
             * @description Null for the installation's limit.
             */
            console_per_user?: number | null;
            /** Format: int64 */
            default_timeout_seconds: number;
            default_tls_mode: components["schemas"]["TlsMode"];
            defaults: components["schemas"]["SettingsDefaults"];
            description: string;
            /**
             * Format: int64
             * @description Null for the installation's.
             */
            health_interval_seconds?: number | null;
            language: components["schemas"]["Language"];
            logo?: components["schemas"]["Logo"] | null;
            logo_on_sign_in: boolean;
            mail_on_alert: boolean;
            mail_on_recovery: boolean;
            name: string;
            primary_color?: string | null;
            secondary_color?: string | null;
            /**
             * Format: int64
             * @description To send as `If-Match` with a change.
             */
            version: number;
            viewer_scope: components["schemas"]["ViewerScope"];
        };
        /** @description What holds where a setting is null. */
        SettingsDefaults: {
            /**
             * Format: int32
             * @description Consoles of one person at once: the installation's limit, which no tenant passes.
             */
            console_per_user: number;
            /**
             * Format: int64
             * @description Seconds between two checks.
             */
            health_interval_seconds: number;
        };
        /** @description A tenant's settings, whole. */
        SettingsIn: {
            /** @description The same. */
            accent_color?: string | null;
            /** @description Who is told of alerts by mail, beside members who want to be; null for nobody. */
            alert_email?: string | null;
            /** Format: int64 */
            alert_latency_ms: number;
            /** Format: int64 */
            alert_offline_seconds: number;
            /** Format: int64 */
            alert_success_percent: number;
            alerts_enabled: boolean;
            /**
             * Format: int64
             * @description Null for ever.
             */
            audit_retention_days?: number | null;
            /**
             * Format: int64
             * @description How long nobody may type; null for ever.
             */
            console_idle_seconds?: number | null;
            /**
             * Format: int64
             * @description How long a console may last; null for ever.
             */
            console_max_seconds?: number | null;
            /**
             * Format: int64
             * @description Null for no limit.
             */
            console_per_guest?: number | null;
            /**
             * Format: int64
             * @description Null for no limit.
             */
            console_per_tenant?: number | null;
            /**
             * Format: int64
             * @description Null for the installation's limit.
             */
            console_per_user?: number | null;
            /**
             * Format: int64
             * @description What a new server begins with.
             */
            default_timeout_seconds: number;
            /** @description The same. */
            default_tls_mode: components["schemas"]["TlsMode"];
            description: string;
            /**
             * Format: int64
             * @description Null for the installation's.
             */
            health_interval_seconds?: number | null;
            /** @description Of letters to that address, and to whoever has no account. */
            language: components["schemas"]["Language"];
            /** @description Whether name, colours and logo are shown to whoever is not signed in. */
            logo_on_sign_in: boolean;
            /** @description Whether that address is told when an alert opens. */
            mail_on_alert: boolean;
            /** @description Whether it is told when one is over. */
            mail_on_recovery: boolean;
            name: string;
            /** @description `#rrggbb` that can be seen on white and on the dark background; null for Nexus' own. */
            primary_color?: string | null;
            /** @description The same. */
            secondary_color?: string | null;
            viewer_scope: components["schemas"]["ViewerScope"];
        };
        /** @description The first admin and the first tenant. */
        SetupIn: {
            email: string;
            full_name: string;
            password: string;
            /** @description From the link's fragment. */
            secret: string;
            tenant_name: string;
        };
        /** @description Whether the set-up is still to be done. */
        SetupState: {
            /** @description Whether Nexus can send mail. */
            mail: boolean;
            required: boolean;
        };
        /** @description E-mail and password. */
        SignInIn: {
            email: string;
            password: string;
        };
        /** @description How the sign-in page of a tenant looks. All null for an unknown tenant, and for one that does not want to be shown. */
        SignInPage: {
            brand: components["schemas"]["Brand"];
            name?: string | null;
        };
        /** @description How many servers the tenant has, and may have. */
        Slots: {
            /** Format: int32 */
            limit: number;
            /** Format: int32 */
            used: number;
        };
        /** @description A snapshot. */
        Snapshot: {
            created_at?: components["schemas"]["At"] | null;
            description: string;
            name: string;
            /** @description Null for a root. */
            parent?: string | null;
            /** @description PVE's word (`prepare`, `delete`, …) while it is made or deleted, or where that failed. */
            state?: string | null;
            with_memory: boolean;
        };
        /** @description What is to be said of a snapshot. */
        SnapshotEditIn: {
            description: string;
        };
        /** @description A snapshot that is wanted. */
        SnapshotIn: {
            description?: string | null;
            /** @description A letter, then letters, digits, - and _, 2 to 40 in all; not `current` or `pending`. */
            name: string;
            /** @description With the memory of a VM that runs. */
            with_memory?: boolean | null;
        };
        /** @description The snapshots of a guest, oldest first. */
        SnapshotList: {
            /** @description The parent of what runs now. */
            current?: string | null;
            /** @description Whether a snapshot with memory makes sense: of a VM that runs. */
            memory: boolean;
            running: boolean;
            snapshots: components["schemas"]["Snapshot"][];
            /** @description Why none can be made now: a template, a lock. */
            why_not?: string | null;
        };
        /** @description A storage; shared ones once for a cluster, then without a node. */
        StorageStats: {
            available: boolean;
            name: string;
            node?: string | null;
            plugin?: string | null;
            /** Format: uuid */
            server: string;
            server_name: string;
            shared: boolean;
            /** Format: int64 */
            total_bytes?: number | null;
            /** Format: int64 */
            used_bytes?: number | null;
        };
        /** @description Who has the rights. */
        Subject: {
            /** @description Names the picture; null without one. */
            avatar?: string | null;
            /** @description Null for a group. */
            email?: string | null;
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["SubjectKind"];
            name: string;
        };
        /** @description Who gets the rights. */
        SubjectIn: {
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["SubjectKind"];
        };
        /**
         * @description A person or a group.
         * @enum {string}
         */
        SubjectKind: "user" | "group";
        /** @description How the installation is doing. */
        System: {
            counts: components["schemas"]["Counts"];
            /** @description The engine, and the version of the schema. */
            database: string;
            /** @description Whether Nexus can send mail. */
            mail: boolean;
            /** @description The oldest first. */
            processes: components["schemas"]["Process"][];
            started_at: components["schemas"]["At"];
            tasks: components["schemas"]["BackgroundTask"][];
            /** @description Nexus'. */
            version: string;
        };
        /**
         * @description What a person is to the whole installation.
         * @enum {string}
         */
        SystemRole: "user" | "admin";
        /** @description On what: one guest, or all guests of a pool or with a tag (on one server, or on all). */
        Target: {
            kind: components["schemas"]["TargetKind"];
            /** @description The guest's, pool's or tag's name. */
            name: string;
            server?: components["schemas"]["ServerName"] | null;
            type?: components["schemas"]["GuestKind"] | null;
            /**
             * Format: int32
             * @description Of a guest.
             */
            vmid?: number | null;
        };
        /** @description On what: `server`, `type`, `vmid` of a guest; or `name` of a pool or tag, with a `server` or on all. */
        TargetIn: {
            kind: components["schemas"]["TargetKind"];
            name?: string | null;
            /** Format: uuid */
            server?: string | null;
            type?: components["schemas"]["GuestKind"] | null;
            /** Format: int32 */
            vmid?: number | null;
        };
        /**
         * @description One guest, or all of a pool or with a tag.
         * @enum {string}
         */
        TargetKind: "guest" | "pool" | "tag";
        /** @description One action on a guest. */
        Task: {
            action: components["schemas"]["TaskAction"];
            /**
             * Format: uuid
             * @description The action on many guests that it is part of.
             */
            bulk?: string | null;
            created_at: components["schemas"]["At"];
            /** @description Why it failed, in PVE's words. */
            detail?: string | null;
            ended_at?: components["schemas"]["At"] | null;
            guest: components["schemas"]["GuestRef"];
            guest_name: string;
            /** Format: uuid */
            id: string;
            may: components["schemas"]["TaskMay"];
            /** @description The snapshot that it is about. */
            snapshot?: string | null;
            state: components["schemas"]["TaskState"];
            /** @description Who stopped it, or asked to. */
            stopped_by?: string | null;
            /** @description PVE's name of the task; it names the broker's token, so managers and up see it. */
            upid?: string | null;
            user_name: string;
        };
        /**
         * @description What a task does with a guest.
         * @enum {string}
         */
        TaskAction: "start" | "shutdown" | "stop" | "reboot" | "reset" | "suspend" | "resume" | "snapshot_create" | "snapshot_rollback" | "snapshot_delete";
        /** @description A page of tasks, newest first. */
        TaskList: {
            next_cursor?: string | null;
            tasks: components["schemas"]["Task"][];
        };
        /** @description A part of a task's log. */
        TaskLog: {
            /** @description Whether the task is over and nothing more will come. */
            complete: boolean;
            lines: components["schemas"]["TaskLogLine"][];
            /**
             * Format: int64
             * @description The first number that is not here: ask from there.
             */
            next: number;
        };
        /** @description One line of a task's log. */
        TaskLogLine: {
            /**
             * Format: int64
             * @description Counts from 1.
             */
            number: number;
            text: string;
        };
        /** @description What the person may do with a task. */
        TaskMay: {
            /** @description Read its log. */
            log: boolean;
            /** @description Stop it while it runs. */
            stop: boolean;
        };
        /**
         * @description How far a task is.
         * @enum {string}
         */
        TaskState: "running" | "ok" | "failed" | "stopped";
        /** @description A tenant and what the person may do in it. */
        Tenant: {
            brand: components["schemas"]["Brand"];
            description: string;
            /** Format: uuid */
            id: string;
            /** @description Whether it is open; a closed one is read-only for its admins. */
            is_active: boolean;
            may: components["schemas"]["TenantMay"];
            name: string;
            role?: components["schemas"]["TenantRole"] | null;
            slug: string;
        };
        /** @description Rights that do not hang on one thing. */
        TenantMay: {
            delete_servers: boolean;
            end_consoles: boolean;
            manage_members: boolean;
            manage_servers: boolean;
            manage_settings: boolean;
            /** @description PVE's API, to read. */
            read_pve: boolean;
            see_all_consoles: boolean;
            see_all_guests: boolean;
            see_audit: boolean;
            see_members: boolean;
            see_servers: boolean;
            see_settings: boolean;
            /** @description PVE's API, to change. */
            write_pve: boolean;
        };
        /** @description A tenant. */
        TenantName: {
            /** Format: uuid */
            id: string;
            name: string;
            slug: string;
        };
        /**
         * @description What a member is in a tenant.
         * @enum {string}
         */
        TenantRole: "viewer" | "manager" | "admin";
        /** @description One feature and the privileges that the token lacks for it. */
        TestFeature: {
            feature: components["schemas"]["TestFeatureName"];
            missing: string[];
        };
        /**
         * @description What a token can be enough for.
         * @enum {string}
         */
        TestFeatureName: "see_guests" | "power" | "console" | "snapshots" | "node_numbers" | "tasks" | "node_shell" | "backups";
        /** @description How sending went, stage by stage where it failed. */
        TestMail: {
            /** @description The mail server's own answer, at most 300 characters. */
            detail?: string | null;
            /** @description Whether the mail server took it. */
            sent: boolean;
            /** @description Where it stopped: `resolve`, `connect`, `tls`, `sign_in` or `send`. */
            stage?: string | null;
            /** Format: int64 */
            took_ms: number;
        };
        /** @description Where the test mail goes. */
        TestMailSent: {
            to: string;
        };
        /** @description What the test of one way found. */
        TestReport: {
            /** @description The address that answered. */
            address?: string | null;
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            certificate?: components["schemas"]["Certificate"] | null;
            doctor?: components["schemas"]["Doctor"] | null;
            /** Format: int32 */
            nodes?: number | null;
            /** @description Whether every stage is fine. */
            ok: boolean;
            /** Format: int32 */
            recommended_timeout_seconds?: number | null;
            stages: components["schemas"]["TestStage"][];
            /** @description PVE's version. */
            version?: string | null;
            way: components["schemas"]["Way"];
        };
        /** @description One stage. */
        TestStage: {
            /** @description What was found, or what went wrong. */
            detail: string;
            /** Format: double */
            milliseconds?: number | null;
            ok: boolean;
            /** @description What to do about it. */
            remedy?: string | null;
            /** @description Not reached because an earlier one failed. */
            skipped: boolean;
            stage: components["schemas"]["TestStageName"];
        };
        /**
         * @description The stages in their order.
         * @enum {string}
         */
        TestStageName: "resolve" | "connect" | "tls" | "api" | "permissions";
        /**
         * @description The UI's colours.
         * @enum {string}
         */
        Theme: "light" | "dark" | "system";
        /**
         * @description How far back.
         * @enum {string}
         */
        Timeframe: "hour" | "day" | "week" | "month" | "year";
        /** @description How the certificate is checked. */
        Tls: {
            /** @enum {string} */
            mode: "verify";
        } | {
            /** @description PEM. */
            ca_pem: string;
            /** @enum {string} */
            mode: "ca";
        } | {
            /** @description SHA-256, upper-case hex pairs with colons. */
            fingerprint: string;
            /** @enum {string} */
            mode: "pin";
        } | {
            /** @enum {string} */
            mode: "insecure";
        };
        /**
         * @description How a server's certificate is checked.
         * @enum {string}
         */
        TlsMode: "insecure" | "pin" | "ca" | "verify";
        /**
         * @description What a token may be used for; each is a part of what its person may do.
         * @enum {string}
         */
        TokenScope: "read" | "power" | "console" | "manage";
        /** @description A server, by name. */
        TokenServer: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description How many notifications are unread. */
        Unread: {
            /** Format: int64 */
            unread: number;
        };
        /** @description How much of something is in use. */
        Usage: {
            /**
             * Format: double
             * @description Null where the total is 0.
             */
            percent?: number | null;
            /** Format: double */
            total: number;
            /** Format: double */
            used: number;
        };
        /** @description A person. */
        User: {
            /** @description Names the picture; null without one. */
            avatar?: string | null;
            company: string;
            email: string;
            full_name: string;
            /** Format: uuid */
            id: string;
            language: components["schemas"]["Language"];
            system_role: components["schemas"]["SystemRole"];
            theme: components["schemas"]["Theme"];
            user_name?: string | null;
            verified: boolean;
        };
        /** @description An address that is known to reach its owner. */
        Verified: {
            email: string;
        };
        /** @description A column of a view. */
        ViewColumn: {
            /** @description Of a-z and _. */
            id: string;
            /**
             * Format: int32
             * @description In pixels.
             */
            width?: number | null;
        };
        /**
         * @description Which guests a viewer sees.
         * @enum {string}
         */
        ViewerScope: "assigned" | "all";
        /**
         * @description How the list is drawn.
         * @enum {string}
         */
        ViewLayout: "table" | "cards";
        /** @description Some vmids, both ends among them. */
        VmidRange: {
            /** Format: int32 */
            from: number;
            /** Format: int32 */
            to: number;
        };
        /**
         * @description How a server is reached.
         * @enum {string}
         */
        Way: "direct" | "tailscale";
        /** @description How one way to a server has been doing. */
        WayHealth: {
            /** Format: int64 */
            attempts: number;
            /**
             * Format: int64
             * @description The limit that was configured.
             */
            configured_timeout_ms: number;
            /** Format: int64 */
            failures: number;
            host: string;
            last_error?: string | null;
            /** @description Whether it worked last: it is tried first. */
            last_used: boolean;
            /**
             * Format: int64
             * @description The limit for reading that was learned.
             */
            learned_timeout_ms?: number | null;
            /**
             * Format: int64
             * @description For how long nothing is asked on this way.
             */
            open_for_ms?: number | null;
            way: components["schemas"]["Way"];
        };
        /** @description An address that is told of events. */
        Webhook: {
            created_at: components["schemas"]["At"];
            /** @description To send as `If-Match` with a change. */
            etag: string;
            events: components["schemas"]["WebhookEvent"][];
            /** Format: uuid */
            id: string;
            is_active: boolean;
            last_delivery?: components["schemas"]["WebhookDelivery"] | null;
            name: string;
            url: string;
        };
        /** @description One message to a webhook. */
        WebhookDelivery: {
            /** Format: int64 */
            attempts: number;
            /** @description The JSON that was sent. */
            body: string;
            created_at: components["schemas"]["At"];
            delivered_at?: components["schemas"]["At"] | null;
            /** @description Why the last try failed. */
            error?: string | null;
            event: components["schemas"]["WebhookEvent"];
            /**
             * Format: uuid
             * @description Also the other side's `webhook-id`.
             */
            id: string;
            next_at?: components["schemas"]["At"] | null;
            state: components["schemas"]["DeliveryState"];
            /**
             * Format: int64
             * @description The status of the last answer.
             */
            status?: number | null;
        };
        /**
         * @description What a webhook is told of.
         * @enum {string}
         */
        WebhookEvent: "alert_opened" | "alert_acknowledged" | "alert_resolved" | "server_offline" | "server_online" | "test";
        /** @description A webhook, whole. `https`, or `http` where the installation allows the address. */
        WebhookIn: {
            events: components["schemas"]["WebhookEvent"][];
            is_active: boolean;
            name: string;
            url: string;
        };
        /** @description Webhooks by name. */
        WebhookList: {
            /**
             * Format: int64
             * @description How many there may be.
             */
            limit: number;
            webhooks: components["schemas"]["Webhook"][];
        };
        /** @description A webhook with its new secret, which is shown once. */
        WebhookWithSecret: {
            /** @description `whsec_` and base64, as Standard Webhooks has it. */
            secret: string;
            webhook: components["schemas"]["Webhook"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
