select count(*) as painting
from desk.gpu_runs
