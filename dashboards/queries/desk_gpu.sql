select
    gpu.host,
    gpu.device,
    gpu.memory_used_mb,
    gpu.memory_total_mb,
    gpu.peak_mb
from desk.gpu as gpu
order by gpu.host, gpu.device
