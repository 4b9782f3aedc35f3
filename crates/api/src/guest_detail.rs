//! One guest in detail: configuration, figures over time, addresses.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use nexus_app::access::ViewGuest;
use nexus_app::guest_detail::{
    self as app, AddressState, Consolidation, DetailError, GuestAddresses, GuestConfigView, GuestFigures, Media,
    Timeframe,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::MayGuest;
use crate::guest::GuestParams;
use crate::wire::{At, mirrored};

mirrored! {
    /// How far back.
    TimeframeOut = Timeframe { Hour, Day, Week, Month, Year }
}
mirrored! {
    /// What a point says of its span of time.
    ConsolidationOut = Consolidation { Average, Max }
}
mirrored! {
    /// Whether a guest's addresses are known, and why not.
    AddressStateOut = AddressState { Known, Stopped, NotConfigured, NotRunning, NoPrivilege, NotSupported }
}

/// One option. Secrets read `********`.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfigOption)]
pub(crate) struct ConfigOptionOut {
    key: String,
    value: String,
}

/// A disk or drive. Storage and volume are null for viewers and on provided servers.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestDisk)]
pub(crate) struct GuestDiskOut {
    /// Its key in the configuration.
    key: String,
    /// `disk`, `cdrom`, `efidisk`, `tpmstate`, `rootfs`, `mountpoint` or `unused`.
    media: &'static str,
    storage: Option<String>,
    volume: Option<String>,
    size_bytes: Option<u64>,
    /// Where a container has it.
    path: Option<String>,
    options: Vec<ConfigOptionOut>,
}

/// A network card. Bridge and VLAN are null for viewers and on provided servers.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestNetwork)]
pub(crate) struct GuestNetworkOut {
    /// Its key in the configuration.
    key: String,
    model: Option<String>,
    mac: Option<String>,
    bridge: Option<String>,
    vlan: Option<u32>,
    /// Whether PVE's firewall stands before it.
    firewall: bool,
    /// Whether its cable is in.
    connected: bool,
    /// Its limit, in megabits per second.
    rate_mbps: Option<f64>,
    /// As configured, for containers and by cloud-init: addresses with prefixes, `dhcp` or `auto`.
    addresses: Vec<String>,
    options: Vec<ConfigOptionOut>,
}

/// A configuration, readable; null is PVE's default. `options` holds everything that has no field of its own, by key;
/// empty for viewers and on provided servers.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestConfig)]
pub(crate) struct GuestConfigOut {
    description: String,
    os_type: Option<String>,
    bios: Option<String>,
    machine: Option<String>,
    cpu_type: Option<String>,
    /// VMs alone.
    sockets: Option<u32>,
    cores: Option<u32>,
    cpu_limit: Option<f64>,
    memory_bytes: Option<u64>,
    /// VMs alone.
    minimum_memory_bytes: Option<u64>,
    /// Containers alone.
    swap_bytes: Option<u64>,
    /// VMs alone.
    agent: Option<bool>,
    starts_at_boot: bool,
    protected: bool,
    /// Containers alone.
    unprivileged: Option<bool>,
    boot_order: Vec<String>,
    display: Option<String>,
    disks: Vec<GuestDiskOut>,
    networks: Vec<GuestNetworkOut>,
    options: Vec<ConfigOptionOut>,
    /// When PVE said all this.
    #[schema(value_type = At)]
    at: At,
}

/// Figures over time by PVE. All lists are as long as `times`; null where PVE has no value. `cpu` is a share of `max_cpu`,
/// 0 to 1; disk and network are bytes per second.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestFigures)]
pub(crate) struct GuestFiguresOut {
    timeframe: TimeframeOut,
    consolidation: ConsolidationOut,
    /// From one point to the next.
    step_seconds: u64,
    #[schema(value_type = Vec<At>)]
    times: Vec<At>,
    cpu: Vec<Option<f64>>,
    max_cpu: Vec<Option<f64>>,
    memory_bytes: Vec<Option<f64>>,
    max_memory_bytes: Vec<Option<f64>>,
    disk_read: Vec<Option<f64>>,
    disk_write: Vec<Option<f64>>,
    net_in: Vec<Option<f64>>,
    net_out: Vec<Option<f64>>,
}

/// One address of a card.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestAddress)]
pub(crate) struct GuestAddressOut {
    address: String,
    /// The length of its prefix.
    prefix: Option<u8>,
    /// 4 or 6.
    family: u8,
}

/// A card as the guest itself names it.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestInterface)]
pub(crate) struct GuestInterfaceOut {
    name: String,
    mac: Option<String>,
    addresses: Vec<GuestAddressOut>,
}

/// What the guest agent (VMs) or PVE (containers) tells; `interfaces` is empty unless `state` is known. Loopback is left
/// out.
#[derive(Serialize, ToSchema)]
#[schema(as = GuestAddresses)]
pub(crate) struct GuestAddressesOut {
    state: AddressStateOut,
    interfaces: Vec<GuestInterfaceOut>,
    #[schema(value_type = At)]
    at: At,
}

fn options(options: Vec<app::ConfigOption>) -> Vec<ConfigOptionOut> {
    options.into_iter().map(|option| ConfigOptionOut { key: option.key, value: option.value }).collect()
}

fn media(media: Media) -> &'static str {
    match media {
        Media::Disk => "disk",
        Media::Cdrom => "cdrom",
        Media::Efidisk => "efidisk",
        Media::Tpmstate => "tpmstate",
        Media::Rootfs => "rootfs",
        Media::Mountpoint => "mountpoint",
        Media::Unused => "unused",
    }
}

impl From<app::GuestDisk> for GuestDiskOut {
    fn from(disk: app::GuestDisk) -> Self {
        Self {
            key: disk.key,
            media: media(disk.media),
            storage: disk.storage,
            volume: disk.volume,
            size_bytes: disk.size_bytes,
            path: disk.path,
            options: options(disk.options),
        }
    }
}

impl From<app::GuestNetwork> for GuestNetworkOut {
    fn from(card: app::GuestNetwork) -> Self {
        Self {
            key: card.key,
            model: card.model,
            mac: card.mac,
            bridge: card.bridge,
            vlan: card.vlan,
            firewall: card.firewall,
            connected: card.connected,
            rate_mbps: card.rate_mbps,
            addresses: card.addresses,
            options: options(card.options),
        }
    }
}

impl From<GuestConfigView> for GuestConfigOut {
    fn from(config: GuestConfigView) -> Self {
        Self {
            description: config.description,
            os_type: config.os_type,
            bios: config.bios,
            machine: config.machine,
            cpu_type: config.cpu_type,
            sockets: config.sockets,
            cores: config.cores,
            cpu_limit: config.cpu_limit,
            memory_bytes: config.memory_bytes,
            minimum_memory_bytes: config.minimum_memory_bytes,
            swap_bytes: config.swap_bytes,
            agent: config.agent,
            starts_at_boot: config.starts_at_boot,
            protected: config.protected,
            unprivileged: config.unprivileged,
            boot_order: config.boot_order,
            display: config.display,
            disks: config.disks.into_iter().map(GuestDiskOut::from).collect(),
            networks: config.networks.into_iter().map(GuestNetworkOut::from).collect(),
            options: options(config.options),
            at: At(config.at),
        }
    }
}

impl From<GuestFigures> for GuestFiguresOut {
    fn from(figures: GuestFigures) -> Self {
        Self {
            timeframe: figures.timeframe.into(),
            consolidation: figures.consolidation.into(),
            step_seconds: figures.step_seconds,
            times: figures.times.into_iter().map(At).collect(),
            cpu: figures.cpu,
            max_cpu: figures.max_cpu,
            memory_bytes: figures.memory_bytes,
            max_memory_bytes: figures.max_memory_bytes,
            disk_read: figures.disk_read,
            disk_write: figures.disk_write,
            net_in: figures.net_in,
            net_out: figures.net_out,
        }
    }
}

impl From<GuestAddresses> for GuestAddressesOut {
    fn from(told: GuestAddresses) -> Self {
        let address = |told: app::GuestAddress| GuestAddressOut {
            address: told.address.to_string(),
            prefix: told.prefix,
            family: if told.address.is_ipv4() { 4 } else { 6 },
        };
        let interfaces = told.interfaces.into_iter().map(|card| GuestInterfaceOut {
            name: card.name,
            mac: card.mac,
            addresses: card.addresses.into_iter().map(address).collect(),
        });
        Self { state: told.state.into(), interfaces: interfaces.collect(), at: At(told.at) }
    }
}

/// The configuration, as PVE has it now.
#[utoipa::path(get, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/config", tag = "guest", operation_id = "get_guest_config",
    params(GuestParams),
    responses((status = 200, body = GuestConfigOut), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 502, body = Problem)))]
pub(crate) async fn config(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<ViewGuest>,
) -> Result<Json<GuestConfigOut>, ApiError> {
    Ok(Json(api.app.guest_details.config(&grant).await?.into()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FiguresIn {
    /// How far back; an hour unless given.
    timeframe: Option<TimeframeOut>,
    /// Averages unless given.
    consolidation: Option<ConsolidationOut>,
}

/// Figures over time.
#[utoipa::path(get, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/rrd", tag = "guest", operation_id = "get_guest_figures",
    params(GuestParams, FiguresIn),
    responses((status = 200, body = GuestFiguresOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn figures(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<ViewGuest>,
    asked: Result<Query<FiguresIn>, QueryRejection>,
) -> Result<Json<GuestFiguresOut>, ApiError> {
    let Query(asked) = asked.map_err(|error| ApiError::bad_request(error.body_text()))?;
    let timeframe = asked.timeframe.map_or(Timeframe::Hour, Timeframe::from);
    let consolidation = asked.consolidation.map_or(Consolidation::Average, Consolidation::from);
    Ok(Json(api.app.guest_details.figures(&grant, timeframe, consolidation).await?.into()))
}

/// IP addresses.
#[utoipa::path(get, path = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/addresses", tag = "guest", operation_id = "get_guest_addresses",
    params(GuestParams),
    responses((status = 200, body = GuestAddressesOut), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 502, body = Problem)))]
pub(crate) async fn addresses(
    State(api): State<Api>,
    MayGuest(grant): MayGuest<ViewGuest>,
) -> Result<Json<GuestAddressesOut>, ApiError> {
    Ok(Json(api.app.guest_details.addresses(&grant).await?.into()))
}

impl From<DetailError> for ApiError {
    fn from(error: DetailError) -> Self {
        match error {
            DetailError::NotFound => Self::not_found(),
            DetailError::PveUnreachable(detail) => Self::bad_gateway("pve_unreachable", detail),
            DetailError::PveRefused(detail) => Self::bad_gateway("pve_refused", detail),
        }
    }
}
