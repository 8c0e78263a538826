package station
