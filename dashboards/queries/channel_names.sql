-- Channels to choose from, by title. One row per channel.
select channel_id, title from marts.dim_channels order by title, channel_id
