# A fixed address to come from, only where `egress` asks for it.

resource "google_compute_network" "egress" {
  count = length(var.egress) > 0 ? 1 : 0

  name                    = "golden-path-egress"
  auto_create_subnetworks = false
  depends_on              = [google_project_service.needed]
}

resource "google_compute_address" "egress" {
  for_each = var.egress

  name       = "golden-path-egress"
  region     = each.key
  depends_on = [google_project_service.needed]
}

resource "google_compute_router" "egress" {
  for_each = var.egress

  name    = "golden-path-egress"
  region  = each.key
  network = google_compute_network.egress[0].id
}

resource "google_compute_router_nat" "egress" {
  for_each = var.egress

  name                               = "golden-path-egress"
  region                             = each.key
  router                             = google_compute_router.egress[each.key].name
  nat_ip_allocate_option             = "MANUAL_ONLY"
  nat_ips                            = [google_compute_address.egress[each.key].self_link]
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}

resource "google_vpc_access_connector" "egress" {
  for_each = var.egress

  name          = "golden-path"
  region        = each.key
  network       = google_compute_network.egress[0].id
  ip_cidr_range = each.value
  min_instances = 2
  max_instances = 3
  machine_type  = "e2-micro"
}

locals {
  connectors = {
    for region, connector in google_vpc_access_connector.egress : region => connector.id
  }
  # The product is reached by public addresses, so everything must go through the connector.
  connector_traffic = { for region in keys(var.egress) : region => "ALL_TRAFFIC" }
}
