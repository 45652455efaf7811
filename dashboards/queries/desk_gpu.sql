select
    gpu.host,
    gpu.device,
    gpu.sampled_at,
    gpu.memory_used_mb,
    gpu.memory_total_mb,
    gpu.peak_mb,
    gpu.utilisation_pct
from desk.gpu as gpu
order by gpu.host, gpu.device
