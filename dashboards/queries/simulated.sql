-- Which channels are simulated. One row.
select
    count(*) as channels,
    count(*) filter (where is_simulated) as simulated_channels,
    string_agg(title, ', ' order by title) filter (where is_simulated) as titles
from marts.dim_channels
