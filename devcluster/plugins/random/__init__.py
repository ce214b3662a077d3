"""Stand-in for pulumi-resource-random: RandomPassword, RandomString, RandomId, RandomBytes and RandomUuid."""
