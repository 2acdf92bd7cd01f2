"""The safety body and staff that an enterprise must have, has, and lacks (机构和人员配备)."""
