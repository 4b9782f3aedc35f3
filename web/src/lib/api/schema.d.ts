/** Written by `npm run api` from openapi/openapi.json. Do not edit. */

export interface paths {
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes language or theme. */
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
        /** Tests a server as it is stored. */
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
                        "application/json": components["schemas"]["TestReport"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** Tests a connection that is not stored, stage by stage. */
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
                        "application/json": components["schemas"]["TestReport"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
    "/api/v1/tenants/{tenant}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest tasks: one's own, or everybody's for managers and up. */
        get: {
            parameters: {
                query?: {
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
                        "application/json": components["schemas"]["TaskList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Which switch. */
        ActIn: {
            action: components["schemas"]["PowerAction"];
        };
        /** Format: date-time */
        At: string;
        /** @description The certificate that the server showed. */
        Certificate: {
            /** @description SHA-256 of the leaf. */
            fingerprint: string;
            issuer: string;
            not_after: components["schemas"]["At"];
            not_before: components["schemas"]["At"];
            subject: string;
            /** @description Whether the chosen mode accepts it. */
            trusted: boolean;
        };
        /** @description The way to a console: once, by the same session, within 30 seconds. */
        Console: {
            expires_at: components["schemas"]["At"];
            guest: components["schemas"]["Guest"];
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
        /** @description What is wrong with one field. */
        FieldProblem: {
            code: string;
            detail: string;
            field: string;
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
            /** @description PVE's lock (`backup`, `snapshot`, …) while it holds. */
            lock?: string | null;
            /** Format: double */
            max_cpu?: number | null;
            /** Format: int64 */
            max_memory_bytes?: number | null;
            may: components["schemas"]["GuestMay"];
            /** Format: int64 */
            memory_bytes?: number | null;
            name: string;
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
        /** @description How many guests a server has, by state; templates left out. */
        GuestCount: {
            other: number;
            running: number;
            stopped: number;
        };
        /**
         * @description VM or container.
         * @enum {string}
         */
        GuestKind: "qemu" | "lxc";
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
            watch: boolean;
        };
        /** @description Which guest, in a body. */
        GuestRef: {
            /** Format: uuid */
            server: string;
            type: components["schemas"]["GuestKind"];
            /** Format: int32 */
            vmid: number;
        };
        /**
         * @description A guest's state.
         * @enum {string}
         */
        GuestStatus: "running" | "paused" | "stopped" | "unknown";
        /**
         * @description The UI's language.
         * @enum {string}
         */
        Language: "en" | "de";
        /** @description The signed-in person and where they belong. */
        Me: {
            tenants: components["schemas"]["Membership"][];
            user: components["schemas"]["User"];
        };
        /** @description What a person may change of themselves. */
        MeIn: {
            language?: components["schemas"]["Language"] | null;
            theme?: components["schemas"]["Theme"] | null;
        };
        /** @description A tenant that a person can enter. */
        Membership: {
            /** Format: uuid */
            id: string;
            name: string;
            role?: components["schemas"]["TenantRole"] | null;
            slug: string;
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
        /** @description A server. */
        Server: {
            /** Format: int32 */
            connect_timeout_seconds: number;
            created_at: components["schemas"]["At"];
            data_at?: components["schemas"]["At"] | null;
            /** @description To send as `If-Match` with a change. */
            etag: string;
            guests: components["schemas"]["GuestCount"];
            host: string;
            /** Format: uuid */
            id: string;
            is_active: boolean;
            may: components["schemas"]["ServerMay"];
            name: string;
            notes?: string | null;
            /** Format: int32 */
            port: number;
            status: components["schemas"]["ServerStatus"];
            status_detail?: string | null;
            tls: components["schemas"]["Tls"];
            /** @description The token without its secret: `user@realm!tokenid`. */
            token_id: string;
            /** @description PVE's version. */
            version?: string | null;
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
        };
        /** @description A server as it is entered. */
        ServerIn: {
            /** @description `USER@REALM!TOKENID=UUID`. Needed for a new server, and again when host, port or a stronger trust changes. */
            api_token?: string | null;
            /**
             * Format: int32
             * @description 1 to 120.
             */
            connect_timeout_seconds?: number;
            host: string;
            is_active?: boolean;
            name: string;
            notes?: string | null;
            /** Format: int32 */
            port?: number;
            tls: components["schemas"]["Tls"];
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
        /** @description A server's id and name, as everybody who sees one of its guests may know them. */
        ServerName: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /**
         * @description How a server is doing.
         * @enum {string}
         */
        ServerStatus: "unknown" | "checking" | "online" | "degraded" | "offline";
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
            required: boolean;
        };
        /** @description E-mail and password. */
        SignInIn: {
            email: string;
            password: string;
        };
        /** @description How many servers the tenant has, and may have. */
        Slots: {
            /** Format: int32 */
            limit: number;
            /** Format: int32 */
            used: number;
        };
        /**
         * @description What a person is to the whole installation.
         * @enum {string}
         */
        SystemRole: "user" | "admin";
        /** @description One action on a guest. */
        Task: {
            action: components["schemas"]["PowerAction"];
            created_at: components["schemas"]["At"];
            /** @description Why it failed, in PVE's words. */
            detail?: string | null;
            ended_at?: components["schemas"]["At"] | null;
            guest: components["schemas"]["GuestRef"];
            guest_name: string;
            /** Format: uuid */
            id: string;
            state: components["schemas"]["TaskState"];
            /** @description PVE's name of the task; it names the broker's token, so managers and up see it. */
            upid?: string | null;
            user_name: string;
        };
        /** @description The newest tasks. */
        TaskList: {
            tasks: components["schemas"]["Task"][];
        };
        /**
         * @description How far a task is.
         * @enum {string}
         */
        TaskState: "running" | "ok" | "failed";
        /** @description A tenant and what the person may do in it. */
        Tenant: {
            /** Format: uuid */
            id: string;
            may: components["schemas"]["TenantMay"];
            name: string;
            role?: components["schemas"]["TenantRole"] | null;
            slug: string;
        };
        /** @description Rights that do not hang on one thing. */
        TenantMay: {
            delete_servers: boolean;
            manage_servers: boolean;
            see_all_guests: boolean;
            see_servers: boolean;
        };
        /**
         * @description What a member is in a tenant.
         * @enum {string}
         */
        TenantRole: "viewer" | "manager" | "admin";
        /** @description One feature and what it lacks. */
        TestFeature: {
            feature: components["schemas"]["TestFeatureName"];
            /** @description Privileges that are missing. */
            missing: string[];
            ok: boolean;
        };
        /**
         * @description What a token can be enough for.
         * @enum {string}
         */
        TestFeatureName: "see_guests" | "power" | "console" | "snapshots" | "node_numbers";
        /** @description What a connectivity test found. */
        TestReport: {
            /** @description The address that answered. */
            address?: string | null;
            certificate?: components["schemas"]["Certificate"] | null;
            /** @description What the token's privileges are enough for. */
            features: components["schemas"]["TestFeature"][];
            /** Format: int32 */
            nodes?: number | null;
            /** @description Whether every stage is fine. */
            ok: boolean;
            /** Format: int32 */
            recommended_timeout_seconds?: number | null;
            stages: components["schemas"]["TestStage"][];
            /** @description PVE's version. */
            version?: string | null;
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
        /** @description A person. */
        User: {
            email: string;
            full_name: string;
            /** Format: uuid */
            id: string;
            language: components["schemas"]["Language"];
            system_role: components["schemas"]["SystemRole"];
            theme: components["schemas"]["Theme"];
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
