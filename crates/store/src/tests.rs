//! Tests of the store on both engines.

mod concurrency;
mod leases;
mod opening;
mod policies;
mod revocation;
mod statements;
mod tasks;
mod tenancy;
mod walls;

use nexus_model::{
    GuestKey, GuestKind, GuestPermissions, GuestRight, Micros, ServerId, ServerOrigin, Subject, SystemRole, Target,
    TenantId, TenantRole, Tls, UserId,
};
use uuid::Uuid;

use crate::testing::TestDb;
use crate::{NewAssignment, NewUser, Server};

const NOW: Micros = Micros(1_800_000_000_000_000);

/// One tenant with an admin, a viewer, a server and an assignment; `n` makes all its names its own.
struct Organisation {
    tenant: TenantId,
    admin: UserId,
    viewer: UserId,
    server: ServerId,
    guest: GuestKey,
}

fn server(id: ServerId, tenant: TenantId, name: &str) -> Server {
    Server {
        id,
        tenant_id: tenant,
        name: name.to_owned(),
        host: format!("{name}.example.org"),
        port: 8006,
        token_id: "nexus@pve!t".into(),
        token_secret: vec![1, 2, 3],
        tls: Tls::Verify,
        connect_timeout_ms: 10_000,
        notes: String::new(),
        is_active: true,
        use_tailscale: false,
        tailscale_host: String::new(),
        tailscale_port: 8006,
        token_expires_at: None,
        node_shell: false,
        use_fallbacks: false,
        fallbacks: Vec::new(),
        origin: ServerOrigin::Own,
        scope: None,
        version: 1,
        cluster_name: None,
        cluster_mark: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

impl Organisation {
    async fn make(db: &TestDb, n: u32) -> Self {
        let scope = db.mint.system();
        let tenant = TenantId::from(Uuid::now_v7());
        let mut system = db.store.system_write(&scope).await.unwrap();
        system.insert_tenant(tenant, &format!("tenant-{n}"), &format!("Tenant {n}"), NOW).await.unwrap();
        let mut people = Vec::new();
        for role in [TenantRole::Admin, TenantRole::Viewer] {
            let id = UserId::from(Uuid::now_v7());
            let user = NewUser {
                id,
                email: &format!("{role}{n}@example.org"),
                full_name: "Somebody",
                password_hash: "none",
                system_role: SystemRole::User,
                verified_at: None,
                at: NOW,
            };
            system.insert_user(&user).await.unwrap();
            system.put_member(tenant, id, role, NOW).await.unwrap();
            people.push(id);
        }
        system.commit().await.unwrap();
        let (admin, viewer, id) = (people[0], people[1], ServerId::from(Uuid::now_v7()));
        let own = db.mint.tenant(admin, tenant);
        let mut write = db.store.tenant_write(&own).await.unwrap();
        write.insert_server(&server(id, tenant, &format!("pve{n}"))).await.unwrap();
        write.commit().await.unwrap();
        let organisation = Self {
            tenant,
            admin,
            viewer,
            server: id,
            guest: GuestKey { server: id, kind: GuestKind::Qemu, vmid: 100 },
        };
        let mut system = db.store.system_write(&scope).await.unwrap();
        system.put_assignment(&organisation.assignment()).await.unwrap();
        system.commit().await.unwrap();
        organisation
    }

    fn assignment(&self) -> NewAssignment {
        NewAssignment {
            id: Uuid::now_v7().into(),
            tenant: self.tenant,
            subject: Subject::User(self.viewer),
            target: Target::Guest(self.guest),
            permissions: GuestPermissions::NONE.with(GuestRight::Console),
            until: None,
            at: NOW,
        }
    }
}
