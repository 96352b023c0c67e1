# The API leaves out what is 0 or false, and so does this: else every plan would show a change.

output "json" {
  description = "Body of the dashboard for the Cloud Monitoring API."
  value = jsonencode({
    displayName = "Golden path: ${var.environment.title}"
    mosaicLayout = {
      columns = 12
      tiles = [
        for tile in concat(local.group_tiles, local.widget_tiles) : merge(
          { for key, value in tile.place : key => value if value != 0 },
          { widget = tile.widget },
        )
      ]
    }
  })
}
